"""The library behind a REST and a gRPC server: python -m bookshelf.server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from oms_core.auth import Authoriser, KeyRing, Verifier
from oms_core.calls import Endpoints
from oms_core.context import Context
from oms_core.plugins.contract import contract_of
from oms_core.servers.grpc import GrpcServer
from oms_core.servers.http import HttpServer, build_app
from oms_wire.method import A, Method, Q

from bookshelf.service import Library

ISSUER = "bookshelf"


class OneNode:
    """Who may do what is said by tenant alone: a tenant is one node, and has no roles of its own."""

    async def path(self, tenant: str, node: str) -> tuple[str, ...] | None:
        """Return the way from a node to the tenant's root."""
        return (tenant,) if node == tenant else None

    async def permissions(self, tenant: str, role: str) -> frozenset[str]:  # noqa: ARG002
        """Return what a role may do beyond the contract."""
        return frozenset()


class NoKeys:
    """Idempotency keys need a database, and no method of this contract asks for one."""

    async def once(
        self,
        method: Method[Q, A],  # noqa: ARG002
        request: Q,
        handle: Callable[[Q], Awaitable[A]],
        /,
        *,
        plugin: str,  # noqa: ARG002
        key: str,  # noqa: ARG002
        context: Context,  # noqa: ARG002
    ) -> A:
        """Call it."""
        return await handle(request)


@asynccontextmanager
async def serving(keys: Path, *, http_port: int = 8080, grpc_port: int = 9090) -> AsyncIterator[None]:
    """Serve until the block ends; tokens are checked with the keys in that folder."""
    contract = contract_of(Library, plugin="bookshelf")
    endpoints = Endpoints(Authoriser(OneNode()), claims=NoKeys())
    endpoints.add(Library(), plugin="bookshelf")
    verifier = Verifier(KeyRing.open(keys), issuer=ISSUER, audience=ISSUER)
    app = build_app(
        contract.routes,
        endpoints,
        verifier=verifier,
        ready=nothing_missing,
        documents=[contract.openapi],
        title="Bookshelf",
    )
    http = HttpServer(app, port=http_port)
    rpc = GrpcServer(endpoints, verifier=verifier, descriptors=[contract.descriptors], port=grpc_port)
    await rpc.start()
    await http.start()
    try:
        yield
    finally:
        endpoints.open_streams.end(within=4)
        await http.stop(drain=5)
        await rpc.stop(drain=5)


async def nothing_missing() -> dict[str, str]:
    """Say that it is ready."""
    return {}


async def main() -> None:
    """Serve until interrupted."""
    async with serving(Path("keys")):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
