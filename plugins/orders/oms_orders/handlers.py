"""What the kitchen's progress does to an order."""

from __future__ import annotations

import logging

from oms_core.clock import Clock
from oms_core.storage import Transaction
from oms_orders import states, store
from oms_orders.service import advance
from oms_protos.kitchen.v1 import OrderPrepared, OrderStarted
from oms_wire.errors import NotFound


async def start_preparing(event: OrderStarted, tx: Transaction, clock: Clock, log: logging.Logger) -> None:
    """Move an order to PREPARING when its first ticket is started."""
    await _follow(event, tx, clock, log)


async def mark_ready(event: OrderPrepared, tx: Transaction, clock: Clock, log: logging.Logger) -> None:
    """Move an order to READY when all of it is made."""
    await _follow(event, tx, clock, log)


async def _follow(
    event: OrderStarted | OrderPrepared, tx: Transaction, clock: Clock, log: logging.Logger
) -> None:
    order = await store.read(tx, event.order_id, lock=True)
    if order is None:
        raise NotFound("ORDER_NOT_FOUND", f"there is no order {event.order_id!r}")
    step = event.EVENT.name
    if states.ORDER.after(order.state, step) is None:
        # Cancelled meanwhile, most likely: a late event changes nothing.
        log.info("late event", extra={"event": step, "order_id": order.order_id, "state": order.state.name})
        return
    await advance(tx, order, [step], at=clock.now())
