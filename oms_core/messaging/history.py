"""The log of all events: read on, or replayed to a plugin."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from oms_core.messaging.envelope import Envelope
from oms_core.messaging.housekeeping import INBOX_DAYS
from oms_core.messaging.link import DELIVERIES
from oms_core.messaging.outbox import PostgresTurn
from oms_core.messaging.subscription import Routes
from oms_core.messaging.transport import fan_out
from oms_core.storage import Connection, Record
from oms_core.storage.connection import connect
from oms_core.storage.outbox import partition
from oms_core.storage.roles import MAINTENANCE

_BATCH = 1_000

# A number is taken before its commit, so a reader that went by numbers alone would pass over a transaction
# that commits late. Below the oldest transaction that still runs nothing can appear any more.
_READ = """
select xid::text as xid, seq, event_id, tenant, plugin, type, schema_version, aggregate_id, aggregate_version,
       payload, headers::text as headers, created_at
  from oms.event_log
 where (xid, seq) > ($1::text::xid8, $2) and xid < $3::text::xid8
   and created_at >= $4 and ($5::text[] is null or type = any($5)) and ($6::text is null or aggregate_id = $6)
 order by xid, seq limit $7
"""
_END = "select pg_snapshot_xmin(pg_current_snapshot())::text"
_COLUMNS = Envelope.__dataclass_fields__.keys() - {"part", "headers"}
_EVER = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


class Position(NamedTuple):
    """Where a reader of the log is: after this transaction and number."""

    xid: str = "0"
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Logged:
    """One event of the log, and where it stands."""

    position: Position
    envelope: Envelope


class History:
    """Reads the log of one database, of every tenant, in the sequence of its commits: for operators."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        """As ``oms_maintenance``."""

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str) -> AsyncIterator[History]:
        """Connect as ``oms_maintenance``, which the DSN's login must be allowed to become."""
        connection = await connect(dsn)
        try:
            await connection.execute(f"set role {MAINTENANCE}")
            yield cls(connection)
        finally:
            await connection.close()

    async def end(self) -> str:
        """Return the transaction before which everything is decided."""
        end: str = await self.connection.fetchval(_END)
        return end

    async def last(self) -> Position:
        """Return the position of the newest event."""
        row = await self.connection.fetchrow(
            "select xid::text, seq from oms.event_log order by xid desc, seq desc limit 1"
        )
        return Position() if row is None else Position(row[0], row[1])

    async def read(
        self,
        after: Position,
        *,
        until: str | None = None,
        since: datetime = _EVER,
        types: Collection[str] | None = None,
        aggregate_id: str | None = None,
        limit: int = _BATCH,
    ) -> Sequence[Logged]:
        """Return the next events after a position, up to ``limit``; none is ever passed over."""
        end = await self.end() if until is None else until
        wanted = None if types is None else list(types)
        rows = await self.connection.fetch(_READ, *after, end, since, wanted, aggregate_id, limit)
        return [Logged(Position(row["xid"], row["seq"]), _envelope(row)) for row in rows]

    async def has_handled(self, listener: str, *, before: datetime) -> bool:
        """Say whether the plugin may have handled events from before that instant, and forgotten it."""
        found = await self.connection.fetchval(
            "select exists (select from oms.inbox where plugin = $1)", listener
        )
        return found is True and before < await self._oldest_note()

    async def _oldest_note(self) -> datetime:
        now: datetime = await self.connection.fetchval("select now()")
        return now - INBOX_DAYS

    async def replay(self, listener: str, routes: Routes, *, since: datetime = _EVER) -> AsyncIterator[int]:
        """Put the log in line for a plugin, in batches; yield how many events of each were for it.

        From the first step to the last the plugin takes nothing, so that what is published meanwhile waits
        in its place behind. What the plugin has handled, it handles no second time. A replay that was cut
        off is simply done again.
        """
        await self.connection.execute(
            "insert into oms.replay (listener) values ($1) on conflict do nothing", listener
        )
        position, end = Position(), await self.end()
        while batch := await self.read(position, until=end, since=since, types=routes.keys()):
            async with self.connection.transaction():
                await fan_out(PostgresTurn(self.connection), [one.envelope for one in batch], routes)
            position = batch[-1].position
            yield len(batch)
        await self.release(listener)

    async def release(self, listener: str) -> None:
        """Let the plugin take what is in line."""
        await self.connection.execute("delete from oms.replay where listener = $1", listener)
        await self.connection.execute("select pg_notify($1, '')", DELIVERIES)


def _envelope(row: Record) -> Envelope:
    values = {name: row[name] for name in _COLUMNS}
    return Envelope(part=partition(row["aggregate_id"]), headers=json.loads(row["headers"]), **values)
