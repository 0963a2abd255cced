"""Plugins that run for a test: on a database of its own, in the placement that it asks for.

::

    async with running(dsn, placement="wire") as plugins:
        people = plugins.client(PeopleClient, tenant="chn_a", role="owner")

``local`` runs all plugins in this process and seals every message that one hands to another. ``wire`` runs
them in this process as well, but every call and every question goes over gRPC, and each that may be repeated
is sent twice. ``split`` runs each in a process of its own, with events over RabbitMQ. A test cannot tell.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal, TypeVar

from oms_core.auth import Seals
from oms_core.calls import Endpoints, HandoverLog
from oms_core.clock import Clock, SystemClock
from oms_core.config import Config
from oms_core.context import Grant, Principal
from oms_core.messaging import Broker
from oms_core.runtime.assembly import assemble
from oms_core.runtime.live import live
from oms_core.runtime.remotes import Nobody
from oms_core.storage import Database
from oms_core.storage.connection import Record, connect
from oms_core.testing.calling import CallerChannel
from oms_wire.service import Channel, Client

C = TypeVar("C", bound=Client)

Placement = Literal["local", "wire", "split"]
Door = Callable[[str, str, Principal], Channel]
"""Returns what calls a service, by its full name, for somebody of a tenant."""

SETTLE_SECONDS = 30.0
_WAITING = (
    "select (select count(*) from oms.outbox) + (select count(*) from oms.delivery where dead_at is null)"
)
_ON_THE_WAY = """
select count(*) from oms.event_log l
  join unnest($1::text[], $2::text[]) as wanted(type, consumer) on wanted.type = l.type
 where not exists (select from oms.inbox i where i.consumer = wanted.consumer and i.event_id = l.event_id)
"""
_DEAD = "select consumer, type, error from oms.delivery where dead_at is not null"


@dataclass(frozen=True, slots=True)
class Running:
    """The running plugins: clients of theirs for whoever asks, and a look into their database.

    ``wanted`` are the type and the consumer of everything that is handled.
    """

    door: Door
    database: Database
    dsn: str
    wanted: Sequence[tuple[str, str]]
    here: Endpoints | None = None

    @property
    def endpoints(self) -> Endpoints:
        """What is served in this process; not for a test that runs in every placement."""
        assert self.here is not None, "the plugins run in processes of their own: mark the test `local`"
        return self.here

    def client(
        self, kind: type[C], *, tenant: str, role: str, node: str = "", subject: str = "user:test"
    ) -> C:
        """Return a client for somebody who holds ``role`` at ``node`` (by default the tenant's root)."""
        principal = Principal(subject, (Grant(role, node or tenant),))
        return kind(self.door(kind.SERVICE, tenant, principal))

    async def settle(self) -> None:
        """Wait until every event is handled; raises AssertionError for a dead one, or when it takes long."""
        deadline = time.monotonic() + SETTLE_SECONDS
        connection = await connect(self.dsn)
        try:
            # What is neither in the outbox nor delivered may be on its way through a broker.
            while await connection.fetchval(_WAITING) or await self._on_the_way(connection.fetchval):
                if dead := await connection.fetch(_DEAD):
                    raise AssertionError(f"dead events: {[(row[0], row[1], row[2]) for row in dead]}")
                if time.monotonic() > deadline:
                    raise AssertionError(f"events still wait after {SETTLE_SECONDS} s")
                await asyncio.sleep(0.005 if self.here else 0.05)
        finally:
            await connection.close()

    async def _on_the_way(self, fetchval: Callable[..., object]) -> object:
        if self.here is not None:
            return 0
        types, consumers = [one[0] for one in self.wanted], [one[1] for one in self.wanted]
        return await fetchval(_ON_THE_WAY, types, consumers)  # type: ignore[misc]

    async def sql(self, statement: str, *args: object) -> Sequence[Record]:
        """Return rows of any table and tenant, as the administrator sees them."""
        connection = await connect(self.dsn)
        try:
            return await connection.fetch(statement, *args)
        finally:
            await connection.close()


@asynccontextmanager
async def running(
    dsn: str,
    *,
    config: Config | None = None,
    clock: Clock | None = None,
    placement: Placement = "local",
    broker: Broker | None = None,
    sealed: bool = True,
) -> AsyncIterator[Running]:
    """Run the chosen plugins (every installed one) on an empty database until the block ends.

    ``split`` needs a ``broker``, and the clock of the machine. Not ``sealed``: nobody looks whether a plugin
    changes a message after it was handed over.
    """
    # Imported here: a plugin's own tests, which are local, do not pay for servers and processes.
    from oms_core.testing import split, wire  # noqa: PLC0415

    config = config or Config()
    if placement == "split":
        assert clock is None, "processes of their own have the clock of the machine"
        assert broker is not None, "processes of their own need a broker"
        async with split.running(dsn, config, broker) as plugins:
            yield plugins
    elif placement == "wire":
        async with wire.running(dsn, config, clock or SystemClock()) as plugins:
            yield plugins
    else:
        async with _local(dsn, config, clock or SystemClock(), sealed=sealed) as plugins:
            yield plugins


@asynccontextmanager
async def _local(dsn: str, config: Config, clock: Clock, *, sealed: bool) -> AsyncIterator[Running]:
    seals = Seals(secrets.token_bytes(32), clock=clock)
    handovers = HandoverLog() if sealed else None
    async with live(
        assemble(config), config, dsn, Nobody(), clock=clock, seals=seals, handovers=handovers
    ) as one:
        await one.phases.ready()
        endpoints = one.wired.endpoints

        def door(_: str, tenant: str, principal: Principal) -> Channel:
            return CallerChannel(endpoints, tenant, principal)

        yield Running(door, one.database, dsn, (), endpoints)
    if handovers is not None:
        handovers.verify()
