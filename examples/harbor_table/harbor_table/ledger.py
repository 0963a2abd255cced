"""What the database holds of the chain's orders and tickets, read past every tenant's border."""

from __future__ import annotations

from pathlib import Path

import asyncpg

from harbor_table.verdict import StoredOrder, StoredTicket
from oms_core.storage import attach


async def read_ledger(data: Path) -> tuple[list[StoredOrder], list[StoredTicket]]:
    """Return every order and ticket in the database of a data folder, as its maintenance role sees it."""
    async with attach(data) as dsn:
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute("set role oms_maintenance")
            orders = await connection.fetch("select order_id, external_id, state from orders.orders")
            tickets = await connection.fetch("select order_id, station from kitchen.tickets")
        finally:
            await connection.close()
    return (
        [StoredOrder(row["order_id"], row["external_id"] or "", row["state"]) for row in orders],
        [StoredTicket(row["order_id"], row["station"]) for row in tickets],
    )
