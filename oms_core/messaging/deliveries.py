"""Deliveries on PostgreSQL, as role ``oms_relay``."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from oms_core.messaging import statements as sql
from oms_core.messaging.envelope import Delivery, Slot
from oms_core.messaging.link import Link
from oms_core.storage import Database

_DELIVERY = Delivery.__dataclass_fields__.keys() - {"headers"}


class PostgresDeliveries:
    """The deliveries of one database, taken on the session that holds the leases."""

    def __init__(self, database: Database, link: Link) -> None:
        self._database = database
        self._link = link

    async def due(self, consumers: Collection[str], *, now: datetime) -> Collection[Slot]:
        """Return the slots with a head that is due; not on the link, for it may take a while."""
        async with self._database.relay() as connection:
            rows = await connection.fetch(sql.DUE, list(consumers), now)
        return [Slot(row["consumer"], row["part"]) for row in rows]

    async def take(self, slot: Slot, *, now: datetime) -> Delivery | None:
        """Take the first due head of a slot and count the attempt."""
        row = await self._link.fetchrow(sql.TAKE_DELIVERY, slot.consumer, slot.part, now)
        return None if row is None else _delivery(row)

    async def done(self, delivery: Delivery) -> Collection[Slot]:
        """Delete the row."""
        row = await self._link.fetchrow(sql.DONE, delivery.consumer, delivery.event_id)
        waiting = row["waiting"] if row is not None else None
        return [Slot(consumer, delivery.part) for consumer in waiting or ()]

    async def postpone(self, delivery: Delivery, *, until: datetime, error: str) -> None:
        """Set the time of the next attempt."""
        await self._link.fetchrow(sql.POSTPONE, delivery.consumer, delivery.event_id, until, error)

    async def bury(self, delivery: Delivery, *, at: datetime, error: str) -> None:
        """Mark the row as dead."""
        await self._link.fetchrow(sql.BURY, delivery.consumer, delivery.event_id, at, error)


def _delivery(row: Any) -> Delivery:
    return Delivery(headers=json.loads(row["headers"]), **{name: row[name] for name in _DELIVERY})
