"""What others' events lead to."""

from __future__ import annotations

from datetime import date

from oms_core.storage import Storage
from oms_protos.orders.v1 import GetOrderRequest, OrderCompleted, OrdersClient

from oms_happy_hour import rules, store
from oms_happy_hour.answers import CODE


async def note_given(event: OrderCompleted, storage: Storage, orders: OrdersClient) -> None:
    """Note what a happy hour gave with an order, on the day the order belongs to: once."""
    order = await orders.get_order(GetOrderRequest(order_id=event.order_id))
    given = rules.given_by(order.adjustments, plugin="happy_hour", code=CODE)
    async with storage.transaction() as tx:  # also notes that the event was handled
        if given is not None:
            day = date.fromisoformat(order.business_date)
            await store.add_given(tx, order.location_id, day=day, given=given)
