"""What it does beside orders: the answer and the handler."""

from __future__ import annotations

from datetime import timedelta

from oms_core.clock import FixedClock
from oms_core.testing.running import Running
from oms_protos.identity.v1 import Node
from oms_protos.orders.v1 import (
    Adjustment,
    HandOffOrderRequest,
    Order,
    OrdersClient,
    PlaceOrderRequest,
    PriceOrderRequest,
    Quote,
)
from oms_protos.types.v1 import Money

from happy_hour_protos.v1 import (
    CreateHappyHourRequest,
    DeleteHappyHourRequest,
    GivenDay,
    HappyHour,
    HappyHoursClient,
    ListGivenDaysRequest,
)

TEN_PERCENT = Adjustment(
    code="HAPPY_HOUR",
    name="Happy hour −10 %",
    amount=Money(amount=-91, currency="USD"),  # 90.5, half a cent rounded up
    plugin="happy_hour",
)


async def opened(happy_hours: HappyHoursClient, location: Node) -> HappyHour:
    """Mondays from five to six, ten percent."""
    return await happy_hours.create_happy_hour(
        CreateHappyHourRequest(
            location_id=location.node_id, weekday=1, starts="17:00", ends="18:00", percent_off=10
        )
    )


async def placed(orders: OrdersClient, basket: PriceOrderRequest, quote: Quote) -> Order:
    return await orders.place_order(
        PlaceOrderRequest(
            location_id=basket.location_id,
            service_mode=basket.service_mode,
            lines=basket.lines,
            quote_token=quote.quote_token,
            channel="web",
        )
    )


async def test_an_order_is_cheaper_while_it_runs(
    clock: FixedClock,
    location: Node,
    basket: PriceOrderRequest,
    orders: OrdersClient,
    happy_hours: HappyHoursClient,
) -> None:
    await opened(happy_hours, location)
    quote = await orders.price_order(basket)
    assert quote.adjustments == [TEN_PERCENT]
    assert quote.total == Money(amount=814, currency="USD")
    clock.set(clock.now() + timedelta(minutes=30))  # six o'clock: the window does not hold its end
    assert (await orders.price_order(basket)).adjustments == []


async def test_a_quote_keeps_its_price_when_the_hour_is_over_or_deleted(
    clock: FixedClock,
    location: Node,
    basket: PriceOrderRequest,
    orders: OrdersClient,
    happy_hours: HappyHoursClient,
) -> None:
    happy_hour = await opened(happy_hours, location)
    clock.set(clock.now() + timedelta(minutes=29))
    quote = await orders.price_order(basket)
    clock.set(clock.now() + timedelta(seconds=30))
    await happy_hours.delete_happy_hour(DeleteHappyHourRequest(happy_hour_id=happy_hour.happy_hour_id))
    assert (await orders.price_order(basket)).adjustments == []
    clock.set(clock.now() + timedelta(seconds=60))
    order = await placed(orders, basket, quote)
    assert (order.adjustments, order.total) == ([TEN_PERCENT], quote.total)


async def test_what_was_given_is_noted_once_an_order_is_completed(
    plugins: Running,
    location: Node,
    basket: PriceOrderRequest,
    orders: OrdersClient,
    happy_hours: HappyHoursClient,
) -> None:
    happy_hour = await opened(happy_hours, location)
    cheaper = [await placed(orders, basket, await orders.price_order(basket)) for _ in range(3)]
    await happy_hours.delete_happy_hour(DeleteHappyHourRequest(happy_hour_id=happy_hour.happy_hour_id))
    full = await placed(orders, basket, await orders.price_order(basket))
    await plugins.settle()  # nothing to make: they are ready
    for order in (*cheaper[:2], full):
        await orders.hand_off_order(HandOffOrderRequest(order_id=order.order_id))
    await plugins.settle()
    answer = await happy_hours.list_given_days(ListGivenDaysRequest(location_id=location.node_id))
    given = Money(amount=182, currency="USD")
    assert answer.days == [GivenDay(business_date="2026-01-05", orders=2, given=given)]
