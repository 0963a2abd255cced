"""What others' events lead to."""

from __future__ import annotations

from oms_core.storage import Transaction
from oms_protos.orders.v1 import OrderPlaced

from {{ cookiecutter.__package }} import store


async def count_order(event: OrderPlaced, tx: Transaction) -> None:
    """Count an order, once: the transaction also notes that the event was handled."""
    await store.count_order(tx, event.location_id)
