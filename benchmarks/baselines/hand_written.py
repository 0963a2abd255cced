"""The same three routes by hand: Litestar handlers typed with msgspec Structs, as its users write them.

Proto3 JSON means camelCase names, no defaults on the wire, enums by name and 64-bit numbers as strings;
Litestar decodes and validates the body and encodes the answer. A guard verifies the bearer token, each
handler checks that one of the caller's roles is held at the place in question or above it. Nothing else:
no traces, no deadlines, no problem documents.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

import msgspec
import uvicorn
import uvloop
from litestar import Litestar, Request, get, post
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, NotFoundException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.params import Parameter

from benchmarks import sample
from benchmarks.baselines.shapes import Node, Order, PlaceOrderRequest
from oms_core.auth import KeyRing, Verifier
from oms_core.context import Principal
from oms_wire.errors import Unauthenticated

READERS = frozenset({"owner", "manager", "cashier", "cook"})
PLACERS = frozenset({"owner", "manager", "cashier", "guest"})

AnyRequest = Request[Principal, Any, Any]


def bearer(verifier: Verifier) -> Any:
    """Return the guard that turns a bearer token into ``request.user``."""

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        scheme, __, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise NotAuthorizedException("send a bearer token")
        try:
            connection.scope["user"] = verifier.verify(token).principal
        except Unauthenticated as error:
            raise NotAuthorizedException("the token does not hold") from error

    return guard


class Store:
    """What a database would answer."""

    def __init__(self) -> None:
        self.nodes = {sample.LOCATION: msgspec.json.decode(sample.node_json(), type=Node)}
        self.orders = {sample.ORDER: msgspec.json.decode(sample.order_json(), type=Order)}
        self.paths = {sample.LOCATION: sample.PATH}

    async def permit(self, user: Principal, roles: Collection[str], node: str) -> None:
        """Return if ``user`` holds one of ``roles`` at ``node`` or above; raises PermissionDenied."""
        path = self.paths.get(node, ())
        if not any(grant.node in path and grant.role in roles for grant in user.grants):
            raise PermissionDeniedException(f"not allowed at {node}")


def application(store: Store, verifier: Verifier) -> Litestar:
    """Return the application."""
    guards = [bearer(verifier)]

    @get("/v1/nodes/{node_id:str}", guards=guards)
    async def get_node(request: AnyRequest, node_id: str) -> Node:
        await store.permit(request.user, READERS, node_id)
        if node_id not in store.nodes:
            raise NotFoundException(f"there is no node {node_id}")
        return store.nodes[node_id]

    @get("/v1/orders/{order_id:str}", guards=guards)
    async def get_order(request: AnyRequest, order_id: str) -> Order:
        order = store.orders.get(order_id)
        if order is None:
            raise NotFoundException(f"there is no order {order_id}")
        await store.permit(request.user, READERS, order.location_id)
        return order

    @post("/v1/orders", guards=guards, status_code=200)
    async def place_order(
        request: AnyRequest,
        data: PlaceOrderRequest,
        key: Annotated[str, Parameter(header="Idempotency-Key", min_length=1, max_length=255)],
    ) -> Order:
        await store.permit(request.user, PLACERS, data.location_id)
        assert key
        return store.orders[sample.ORDER]

    return Litestar([get_node, get_order, place_order], openapi_config=None, logging_config=None)


async def serve(port: int, keys: Path) -> None:
    """Serve until told to stop, with the settings of our own HTTP server."""
    verifier = Verifier(KeyRing.open(keys), issuer="oms", audience="oms")
    listening = socket.create_server(("127.0.0.1", port), backlog=2048)
    config = uvicorn.Config(
        application(Store(), verifier),
        loop="none",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=2048,
    )
    await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
