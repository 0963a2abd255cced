"""All plugins in this process, and nothing between them but gRPC."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import grpc.aio

from oms_core.auth import Issuer, KeyRing, Seals, ServiceIssuer, ServiceVerifier, Verifier
from oms_core.calls import RemoteChannel
from oms_core.calls.connecting import connected
from oms_core.clock import Clock
from oms_core.config import Config
from oms_core.context import Principal
from oms_core.runtime.assembly import assemble
from oms_core.runtime.live import live
from oms_core.servers.grpc import GrpcServer
from oms_core.testing.ports import free_port
from oms_core.testing.running import Running
from oms_core.testing.twice import Outside, Twice
from oms_wire.service import Channel


class _Loopback:
    """Leads to every plugin through the server of this very process."""

    def __init__(self, channel: grpc.aio.Channel, services: ServiceIssuer) -> None:
        self._channel = channel
        self._services = services

    def __contains__(self, plugin: object) -> bool:
        return True

    def channel(self, plugin: str, *, actor: str | None = None) -> Channel:
        """Return what calls ``plugin``."""
        vouch = self._services.vouch
        return Twice(RemoteChannel(self._channel, plugin=plugin, vouch=vouch, actor=actor))


@asynccontextmanager
async def running(dsn: str, config: Config, clock: Clock) -> AsyncIterator[Running]:
    """Run the plugins until the block ends."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oms-wire-")))
        keys, service_keys = KeyRing.open(folder / "users"), KeyRing.open(folder / "services")
        port = free_port()
        channel = connected([f"127.0.0.1:{port}"], repeatable=())
        stack.push_async_callback(channel.close)
        loopback = _Loopback(channel, ServiceIssuer(service_keys, issuer="oms"))
        seals = Seals(secrets.token_bytes(32), clock=clock)
        one = await stack.enter_async_context(
            live(assemble(config), config, dsn, loopback, clock=clock, seals=seals)
        )
        server = GrpcServer(
            one.wired.endpoints,
            verifier=Verifier(keys, issuer="oms", audience="oms"),
            services=ServiceVerifier(service_keys, issuer="oms"),
            answers=one.wired.answered,
            descriptors=[contract.descriptors for contract in one.wired.contracts],
            port=port,
        )
        await server.start()
        stack.push_async_callback(server.stop, drain=1.0)
        await one.phases.ready()
        issuer = Issuer(keys, issuer="oms", audience="oms")

        def door(_: str, tenant: str, principal: Principal) -> Channel:
            return Outside(channel, issuer, tenant=tenant, principal=principal)

        yield Running(door, one.database, dsn, (), one.wired.endpoints)
