"""What happened to a process and what it waits for: for operators."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from oms_core.storage import Connection
from oms_core.storage.connection import connect
from oms_core.storage.roles import MAINTENANCE

_LIST = """
select process_id, tenant, plugin, type, key, status, created_at, updated_at from oms.process
 where ($1::text is null or plugin = $1) and ($2::text is null or type = $2)
   and ($3::text is null or key = $3 or process_id = $3)
   and ($4 or status in ('running', 'undoing'))
 order by updated_at desc limit $5
"""
_ENTRIES = "select at, what from oms.process_entry where process_id = $1 order by n"
_PENDING = """
select name, undoes is not null as undoing, begun_at, give_up_at from oms.process_step
 where process_id = $1 and status in ('pending', 'cancelled') order by n
"""
_TIMERS = "select key, due_at from oms.scheduled where starts_with(key, $1) order by due_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One process in a list; ``status`` is running, undoing, done or undone."""

    process_id: str
    tenant: str
    plugin: str
    type: str
    key: str
    status: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One process: what happened, in turn, and what it waits for."""

    process: Listed
    happened: Sequence[tuple[datetime, str]]
    pending: Sequence[str]


class Stories:
    """The processes of every tenant and plugin of one database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str) -> AsyncIterator[Stories]:
        """Connect as ``oms_maintenance``, which the DSN's login must be allowed to become."""
        connection = await connect(dsn)
        try:
            await connection.execute(f"set role {MAINTENANCE}")
            yield cls(connection)
        finally:
            await connection.close()

    async def find(
        self,
        *,
        plugin: str | None = None,
        kind: str | None = None,
        key: str | None = None,
        also_ended: bool = False,
        limit: int = 100,
    ) -> Sequence[Listed]:
        """Return processes, the one that something happened to last first."""
        rows = await self._connection.fetch(_LIST, plugin, kind, key, also_ended, limit)
        return [Listed(**{name: row[name] for name in Listed.__dataclass_fields__}) for row in rows]

    async def tell(self, process: Listed) -> Story:
        """Return the story of a process."""
        entries = await self._connection.fetch(_ENTRIES, process.process_id)
        steps = await self._connection.fetch(_PENDING, process.process_id)
        timers = await self._connection.fetch(_TIMERS, f"{process.process_id}:")
        waits = [
            f"{'undoing ' if row['undoing'] else ''}{row['name']}, "
            f"{'begun' if row['begun_at'] else 'not begun'}"
            + ("" if row["undoing"] else f", given up at {row['give_up_at']:%Y-%m-%d %H:%M:%S} UTC")
            for row in steps
        ]
        waits += [
            f"timer {row['key'].partition(':')[2]} at {row['due_at']:%Y-%m-%d %H:%M:%S} UTC" for row in timers
        ]
        return Story(process=process, happened=[(row["at"], row["what"]) for row in entries], pending=waits)
