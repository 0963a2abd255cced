"""What the kitchen's progress does to an order."""

from __future__ import annotations

import logging

from oms_core.clock import Clock
from oms_core.context import current
from oms_core.storage import Transaction
from oms_orders import rules, store
from oms_orders.service import keep
from oms_protos.kitchen.v1 import OrderPrepared, OrderRecalled, OrderStarted
from oms_wire.errors import NotFound


async def start_preparing(event: OrderStarted, tx: Transaction, clock: Clock, log: logging.Logger) -> None:
    """Move an order to PREPARING when its first ticket is started."""
    await _follow(event, tx, clock, log)


async def mark_ready(event: OrderPrepared, tx: Transaction, clock: Clock, log: logging.Logger) -> None:
    """Move an order to READY when all of it is made."""
    await _follow(event, tx, clock, log)


async def reopen(event: OrderRecalled, tx: Transaction, clock: Clock, log: logging.Logger) -> None:
    """Move an order back to PREPARING when something of it has to be made again."""
    await _follow(event, tx, clock, log, reason=event.reason)


async def _follow(
    event: OrderStarted | OrderPrepared | OrderRecalled,
    tx: Transaction,
    clock: Clock,
    log: logging.Logger,
    *,
    reason: str = "",
) -> None:
    # What was told first may be heard last, when a dead letter is replayed; then it says nothing.
    order = await store.hear(tx, event.order_id, kitchen_version=event.order_version)
    step, after = event.EVENT.name, None
    if order is not None:
        by = current().principal.subject
        after = rules.follow(order, step, by=by, at=clock.now(), reason=reason)
    elif await store.location_of(tx, event.order_id) is None:
        raise NotFound("ORDER_NOT_FOUND", f"there is no order {event.order_id!r}")
    if order is None or after is None:
        # Cancelled or handed over meanwhile, most likely: a late event changes nothing.
        state = "heard before" if order is None else order.state.name
        log.info("late event", extra={"event": step, "order_id": event.order_id, "state": state})
        return
    await keep(tx, after, since=order.version)
