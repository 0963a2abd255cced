"""A running application: database, messaging and servers, started and stopped in the right order."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial
from types import TracebackType
from typing import Self

from oms_core.auth import KeyRing, Seals, ServiceIssuer, ServiceVerifier, Verifier
from oms_core.clock import Clock, SystemClock
from oms_core.config import Config, bundled
from oms_core.messaging import Messaging
from oms_core.plugins.roster import Trouble
from oms_core.runtime.assembly import Assembly, assemble
from oms_core.runtime.certificates import for_calls, for_serving
from oms_core.runtime.daily import daily
from oms_core.runtime.live import Live, live
from oms_core.runtime.remotes import Remotes, needed
from oms_core.servers.grpc import GrpcServer
from oms_core.servers.http import HttpServer, build_app
from oms_core.storage import embedded

_CLEAN_UP = 1.0
"""Seconds of the drain that are kept for the end of streams that did not end by themselves."""
KEYS = "keys"
"""Folder of the signing keys inside the data folder."""
SERVICES = "services"
"""Folder in it of those keys with which the processes of one system vouch to each other."""


class Application:
    """``async with Application(config) as application``: inside the block it serves.

    On the way in: plugins, database, migrations, wiring, setup and start of each plugin, messaging,
    servers. On the way out the same backwards: take no more, finish what runs, stop. Raises OmsError for
    whatever keeps it from serving.
    """

    def __init__(self, config: Config, *, clock: Clock | None = None, shares_ports: bool = False) -> None:
        """``shares_ports``: other workers of the same server listen on the same ports."""
        self.config = config = bundled(config)
        self._shares_ports = shares_ports
        self.assembly: Assembly = assemble(config)
        self.data_note = ""
        self._clock = clock or SystemClock()
        self._stack = AsyncExitStack()
        self._missing: dict[str, str] = {"start": "not finished"}
        self._needed: frozenset[str] = frozenset()
        self._remotes: Remotes | None = None

    @property
    def http_url(self) -> str:
        """Where REST is served."""
        return f"http://{self.config.server.host}:{self.config.server.http_port}"

    @property
    def grpc_address(self) -> str:
        """Where gRPC is served."""
        return f"{self.config.server.host}:{self.config.server.grpc_port}"

    @property
    def elsewhere(self) -> Mapping[str, tuple[str, ...]]:
        """Where each plugin is reached that another process runs."""
        return {one.name: one.elsewhere for one in self.assembly.roster.away}

    async def ready(self) -> dict[str, str]:
        """Return what is missing before requests are welcome, and why; empty when nothing is.

        A plugin of another process is waited for once: if it is away later, that takes nothing out of service
        that does not need it.
        """
        if self._missing or self._remotes is None:
            return self._missing
        return {name: why for name, why in self._remotes.never_reached.items() if name in self._needed}

    async def __aenter__(self) -> Self:
        """Start everything; whatever fails undoes what was started."""
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Drain and stop everything."""
        self._missing = {"drain": "stopping"}
        await self._stack.aclose()

    async def _start(self) -> None:
        dsn = await self._dsn()
        keys = self.config.data / KEYS
        seals = Seals.in_folder(keys)
        services = KeyRing.open(keys / SERVICES)
        self._needed = needed(self.assembly)
        self._remotes = remotes = Remotes(
            self.assembly.roster.away,
            vouch=ServiceIssuer(services, issuer=self.config.auth.issuer).vouch,
            credentials=for_calls(self.config.tls),
        )
        await self._stack.enter_async_context(remotes.open())
        running = await self._stack.enter_async_context(
            live(self.assembly, self.config, dsn, remotes, clock=self._clock, seals=seals)
        )
        self._stack.enter_context(daily(dsn, clock=self._clock))
        await self._serve(running, KeyRing.open(keys), services)
        await running.phases.ready()
        self._missing = {}

    def _degraded(self, messaging: Messaging) -> Mapping[str, Trouble]:
        """Return what is off or has to wait while requests are taken all the same."""
        waiting = {part: Trouble("connect", "BROKER_UNAVAILABLE") for part in messaging.troubles}
        remotes = self._remotes.unreached if self._remotes else {}
        away = {f"plugin {name}": Trouble("connect", "PLUGIN_UNREACHABLE") for name in remotes}
        return {**self.assembly.roster.degraded, **waiting, **away}

    async def _dsn(self) -> str:
        if url := self.config.database.url:
            self.data_note = "database.url"
            return url
        server = await self._stack.enter_async_context(embedded(self.config.data))
        self.data_note = str(server.place)
        return server.dsn

    async def _serve(self, running: Live, keys: KeyRing, services: KeyRing) -> None:
        wired = running.wired
        server, auth = self.config.server, self.config.auth
        verifier = Verifier(keys, issuer=auth.issuer, audience=auth.audience)
        app = build_app(
            [route for contract in wired.contracts for route in contract.routes],
            wired.endpoints,
            verifier=verifier,
            ready=self.ready,
            degraded=partial(self._degraded, running.messaging),
            documents=[contract.openapi for contract in wired.contracts],
        )
        http = HttpServer(app, host=server.host, port=server.http_port, shares_port=self._shares_ports)
        self._stack.push_async_callback(http.stop, drain=server.drain_seconds)
        grpc = GrpcServer(
            wired.endpoints,
            verifier=verifier,
            services=ServiceVerifier(services, issuer=auth.issuer),
            answers=wired.answered,
            credentials=for_serving(self.config.tls),
            shares_port=self._shares_ports,
            descriptors=[contract.descriptors for contract in wired.contracts],
            host=server.host,
            port=server.grpc_port,
        )
        self._stack.push_async_callback(grpc.stop, drain=server.drain_seconds)
        await grpc.start()
        await http.start()
        within = max(0.0, server.drain_seconds - _CLEAN_UP)
        self._stack.callback(wired.endpoints.open_streams.end, within=within)
