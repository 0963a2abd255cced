"""What the kitchen does when an order is accepted, cancelled or handed over."""

from __future__ import annotations

from oms_core.calls import new_id
from oms_core.clock import Clock
from oms_core.storage import Storage, Transaction
from oms_kitchen import routing, rules, store
from oms_kitchen.stations import stations_of
from oms_protos.menu.v1 import MenuClient
from oms_protos.orders.v1 import OrderAccepted, OrderCancelled, OrderHandedOff


async def make_tickets(event: OrderAccepted, storage: Storage, menu: MenuClient, clock: Clock) -> None:
    """Fire one ticket for each station that has something to make of an order."""
    stations = await stations_of(event.lines, event.location_id, menu)
    now = clock.now()
    ticket_ids = [new_id("tkt") for _ in routing.by_station(event.lines, stations)]
    work, told = rules.fire(event, stations, ticket_ids=ticket_ids, at=now)
    async with storage.transaction() as tx:
        if not await store.write_work(tx, work, number=event.number, at=now):
            return  # its cancellation was heard first
        for one in told:
            tx.emit(one, version=one.order_version)


async def void_tickets(event: OrderCancelled, tx: Transaction, clock: Clock) -> None:
    """Void what is not made yet of a cancelled order; what was not fired yet never will be."""
    await _close(event, tx, clock)


async def close_tickets(event: OrderHandedOff, tx: Transaction, clock: Clock) -> None:
    """Let nothing be recalled any more of an order that the guest has; what just was, is void."""
    await _close(event, tx, clock)


async def _close(event: OrderCancelled | OrderHandedOff, tx: Transaction, clock: Clock) -> None:
    # The acceptance may come later still: after a dead letter that an operator replays or drops.
    if await store.forbid_work(tx, event.order_id, location_id=event.location_id):
        return
    work = await store.lock_work(tx, order_id=event.order_id)
    if work is not None:
        await store.save_work(tx, rules.close(work, at=clock.now()))
