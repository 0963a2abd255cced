"""Contracts in the shape in which the compiler leaves them, for plugins of a workshop."""

from __future__ import annotations

SERVING = """
    @hookimpl
    def register(self, oms: Registry) -> None:
        from acme_{name}.service import PingService
        oms.serve(PingService)
"""


def contract(name: str, *, access: str, path: str) -> dict[str, str]:
    """Return the files of a package with one method, GET ``path``, and of a service that answers it."""
    return {
        "v1/__init__.py": "",
        "v1/descriptor.binpb": "",
        "v1/openapi.json": "{}",
        "v1/services.py": f"""
            from oms_protos.identity.v1 import GetNodeRequest, Node
            from oms_wire.method import Access, Idempotency, Method, Scope
            from oms_wire.service import Service


            class PingServiceBase(Service):
                SERVICE = "acme.{name}.v1.PingService"
                PING = Method(
                    "acme.{name}.v1.PingService/Ping",
                    "ping",
                    GetNodeRequest,
                    Node,
                    {access},
                    Idempotency.NO_SIDE_EFFECTS,
                )
                METHODS = (PING,)
            """,
        "v1/routes.py": f"""
            from acme_{name}.v1.services import PingServiceBase
            from oms_protos.identity.v1 import GetNodeRequest
            from oms_wire.route import Route

            ROUTES = (
                Route(
                    PingServiceBase.PING,
                    "GET",
                    "{path}",
                    "",
                    lambda path, query, body: GetNodeRequest(node_id=path["id"]),
                    has_body=False,
                ),
            )
            """,
        "service.py": f"""
            from oms_protos.identity.v1 import GetNodeRequest, Node

            from acme_{name}.v1.services import PingServiceBase


            class PingService(PingServiceBase):
                async def ping(self, request: GetNodeRequest, /) -> Node:
                    return Node(node_id=request.node_id)
            """,
    }
