"""What the kitchen tells may be heard in another sequence: dead letters are dropped, and told again."""

from __future__ import annotations

from itertools import permutations

import pytest

from oms_orders import rules
from oms_protos.kitchen.v1 import OrderPrepared, OrderRecalled, OrderStarted
from oms_protos.orders.v1 import GetOrderRequest, Order, OrderState
from oms_wire.event import EventMessage
from tests.shop import Shop

TOLD = (OrderStarted, OrderPrepared, OrderRecalled, OrderPrepared)


async def tell(shop: Shop, order: Order, version: int, *, is_numbered: bool = True) -> Order:
    """Tell one event as the kitchen would, and return the order once it is heard."""
    kind, number = TOLD[version - 1], version if is_numbered else 0
    event: EventMessage = kind(order_id=order.order_id, location_id=shop.pier, order_version=number)
    async with shop.running.database.storage("kitchen").transaction(tenant=shop.chain_id) as tx:
        tx.emit(event, version=version)
    await shop.running.settle()
    return await shop.orders.get_order(GetOrderRequest(order_id=order.order_id))


@pytest.mark.parametrize("sequence", list(permutations([1, 2, 3])), ids=str)
async def test_what_was_told_last_holds(shop: Shop, sequence: tuple[int, ...]) -> None:
    order = await shop.place()
    for version in sequence:
        order = await tell(shop, order, version)
    assert order.state is OrderState.PREPARING
    order = await tell(shop, order, 4)
    assert order.state is OrderState.READY
    assert rules.replay(order.timeline) == (order.state, order.version)


async def test_a_recall_after_the_last_word_changes_nothing(shop: Shop) -> None:
    order = await shop.place()
    for version in (1, 2, 4, 3):
        order = await tell(shop, order, version)
    assert order.state is OrderState.READY


async def test_events_of_a_release_that_did_not_number_them_are_heard_until_the_first_number(
    shop: Shop,
) -> None:
    order = await shop.place()
    for version in (1, 2):
        order = await tell(shop, order, version, is_numbered=False)
    assert order.state is OrderState.READY
    order = await tell(shop, order, 3)
    order = await tell(shop, order, 4, is_numbered=False)
    assert order.state is OrderState.PREPARING
