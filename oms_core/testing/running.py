"""Plugins that run together in this process, on a real database, without servers."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from oms_core.auth import Seals
from oms_core.calls import Endpoints
from oms_core.clock import Clock, SystemClock
from oms_core.config import Config
from oms_core.context import Grant, Principal
from oms_core.runtime.assembly import assemble
from oms_core.runtime.live import live
from oms_core.storage import Database
from oms_core.storage.connection import Record, connect
from oms_core.testing.calling import CallerChannel
from oms_wire.service import Client

C = TypeVar("C", bound=Client)

SETTLE_SECONDS = 20.0
_WAITING = (
    "select (select count(*) from oms.outbox) + (select count(*) from oms.delivery where dead_at is null)"
)
_DEAD = "select consumer, type, error from oms.delivery where dead_at is not null"


@dataclass(frozen=True, slots=True)
class Running:
    """The running plugins: clients of theirs for whoever asks, and a look into their database."""

    endpoints: Endpoints
    database: Database
    dsn: str

    def client(
        self, kind: type[C], *, tenant: str, role: str, node: str = "", subject: str = "user:test"
    ) -> C:
        """Return a client for somebody who holds ``role`` at ``node`` (by default the tenant's root)."""
        principal = Principal(subject, (Grant(role, node or tenant),))
        return kind(CallerChannel(self.endpoints, tenant, principal))

    async def settle(self) -> None:
        """Wait until every event is handled; raises AssertionError for a dead one, or when it takes long."""
        deadline = time.monotonic() + SETTLE_SECONDS
        connection = await connect(self.dsn)
        try:
            while await connection.fetchval(_WAITING):
                if time.monotonic() > deadline:
                    raise AssertionError(f"events still wait after {SETTLE_SECONDS} s")
                await asyncio.sleep(0.005)
            if dead := await connection.fetch(_DEAD):
                raise AssertionError(f"dead events: {[(row[0], row[1], row[2]) for row in dead]}")
        finally:
            await connection.close()

    async def sql(self, statement: str, *args: object) -> Sequence[Record]:
        """Return rows of any table and tenant, as the administrator sees them."""
        connection = await connect(self.dsn)
        try:
            return await connection.fetch(statement, *args)
        finally:
            await connection.close()


@asynccontextmanager
async def running(
    dsn: str, *, config: Config | None = None, clock: Clock | None = None
) -> AsyncIterator[Running]:
    """Run the chosen plugins (every installed one) on an empty database until the block ends."""
    config, clock = config or Config(), clock or SystemClock()
    seals = Seals(secrets.token_bytes(32), clock=clock)
    async with live(assemble(config), config, dsn, clock=clock, seals=seals) as one:
        await one.phases.ready()
        yield Running(one.wired.endpoints, one.database, dsn)
