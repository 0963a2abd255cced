"""Events that a consumer gave up on: look, try again, or let go."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from oms_core.messaging import statements as sql
from oms_core.messaging.envelope import DeadLetter
from oms_core.messaging.link import DELIVERIES
from oms_core.storage import Database

_FIELDS = tuple(DeadLetter.__dataclass_fields__)


class PostgresDeadLetters:
    """The dead letters of one database, of every tenant: for operators."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def dead(
        self, *, consumer: str | None = None, event_id: UUID | None = None, limit: int = 100
    ) -> Sequence[DeadLetter]:
        """Return up to ``limit`` dead letters, oldest first."""
        async with self._database.relay() as connection:
            rows = await connection.fetch(sql.DEAD, consumer, event_id, limit)
        return [DeadLetter(**{name: row[name] for name in _FIELDS}) for row in rows]

    async def replay(self, *, consumer: str, event_id: UUID | None = None) -> int:
        """Give one dead letter, or all of a consumer, a fresh set of attempts; return how many."""
        return await self._change(sql.REPLAY, consumer, event_id)

    async def drop(self, *, consumer: str, event_id: UUID) -> bool:
        """Forget a dead letter for good; the events behind it go on. False: there was none."""
        return await self._change(sql.DROP, consumer, event_id) > 0

    async def _change(self, statement: str, *arguments: object) -> int:
        async with self._database.relay() as connection:
            status = await connection.execute(statement, *arguments)
            await connection.execute("select pg_notify($1, '')", DELIVERIES)
        return int(status.rpartition(" ")[2])
