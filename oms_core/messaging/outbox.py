"""The outbox on PostgreSQL, as role ``oms_relay``."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from oms_core.messaging import statements as sql
from oms_core.messaging.envelope import Envelope, Route
from oms_core.storage import Database

_ENVELOPE = Envelope.__dataclass_fields__.keys() - {"headers"}


class PostgresTurn:
    """One transaction of a relay."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def lease(self, parts: Sequence[int], *, most: int) -> Sequence[int]:
        """Lease partitions by transaction-level advisory locks, which end with the transaction."""
        return [row["part"] for row in await self._connection.fetch(sql.LEASE, list(parts), most)]

    async def take(self, parts: Sequence[int], *, limit: int) -> Sequence[Envelope]:
        """Remove rows and return them.

        A statement of its own, so that its snapshot is later than the lease.
        """
        rows = await self._connection.fetch(sql.TAKE_OUTBOX, list(parts), limit)
        return sorted((_envelope(row) for row in rows), key=lambda envelope: envelope.seq)

    async def deliver(self, deliveries: Sequence[tuple[Route, Envelope]]) -> None:
        """Insert one delivery row for each (route, event)."""
        columns = [
            [route.consumer for route, _ in deliveries],
            [route.ordered for route, _ in deliveries],
            *([getattr(envelope, name) for _, envelope in deliveries] for name in sql.DELIVERED),
            [json.dumps(dict(envelope.headers)) for _, envelope in deliveries],
        ]
        await self._connection.execute(sql.DELIVER, *columns)


class PostgresOutbox:
    """The outbox of one database, and what is scheduled for it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def relay_turn(self) -> AsyncIterator[PostgresTurn]:
        """Open a turn in a transaction of its own."""
        async with self._database.relay() as connection:
            yield PostgresTurn(connection)

    async def publish_due(self, *, now: datetime, limit: int) -> int:
        """Move scheduled events into outbox and log, in a transaction of its own."""
        async with self._database.relay() as connection:
            tag = await connection.execute(sql.PUBLISH_DUE, now, limit)
        return int(tag.rpartition(" ")[2])


def _envelope(row: Any) -> Envelope:
    return Envelope(headers=json.loads(row["headers"]), **{name: row[name] for name in _ENVELOPE})
