"""The generated routes as they are served, over services that answer from memory."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

from benchmarks import sample
from benchmarks.memory_services import MemoryIdentity, MemoryOrders
from oms_core.auth import Authoriser, KeyRing, Verifier
from oms_core.calls import Endpoints
from oms_core.context import Context
from oms_core.servers.http import HttpServer, build_app
from oms_protos.identity.v1 import routes as identity_routes
from oms_protos.orders.v1 import routes as orders_routes
from oms_wire.method import A, Method, Q


class MemoryDirectory:
    """The tree of one tenant, in a dictionary."""

    async def path(self, tenant: str, node: str) -> tuple[str, ...] | None:
        """Return the node and its ancestors."""
        return sample.PATH if (tenant, node) == (sample.CHAIN, sample.LOCATION) else None

    async def permissions(self, tenant: str, role: str) -> frozenset[str]:  # noqa: ARG002
        """Return nothing: no tenant made a role."""
        return frozenset()


class NoClaims:
    """Answers every key by calling: the claim is the database's work, measured elsewhere."""

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
        """Return what ``handle`` answers."""
        return await handle(request)


async def ready() -> dict[str, str]:
    """Lack nothing."""
    return {}


def memory_endpoints() -> Endpoints:
    """Return what is served, ready to be called."""
    endpoints = Endpoints(Authoriser(MemoryDirectory()), claims=NoClaims())
    endpoints.add(MemoryOrders(), plugin="orders")
    endpoints.add(MemoryIdentity(), plugin="identity")
    return endpoints


async def serve(port: int, keys: Path) -> None:
    """Serve until the process is ended."""
    verifier = Verifier(KeyRing.open(keys), issuer="oms", audience="oms")
    app = build_app(
        [*orders_routes.ROUTES, *identity_routes.ROUTES], memory_endpoints(), verifier=verifier, ready=ready
    )
    await HttpServer(app, port=port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
