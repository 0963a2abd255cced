from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from oms_core.clock import FixedClock
from oms_core.testing.running import running
from oms_protos.identity.v1 import CreateLocationRequest
from oms_protos.orders.v1 import GetOrderRequest, ListOrdersRequest
from oms_wire.errors import AlreadyExists, FailedPrecondition, InvalidArgument
from tests.shop import open_shop

# 03:59 in New York, one minute before a business day begins.
LATE = datetime(2031, 6, 2, 7, 59, tzinfo=UTC)


async def test_numbers_begin_again_with_each_business_day(database_dsn: str) -> None:
    clock = FixedClock(LATE)
    async with running(database_dsn, clock=clock) as plugins:
        shop = await open_shop(plugins)
        bar = await shop.identity.create_location(
            CreateLocationRequest(
                brand_id=shop.noodles,
                name="Night Bar",
                time_zone="America/New_York",
                currency="USD",
                business_day_cutoff="04:00",
            )
        )
        night = [await shop.place(location_id=bar.node_id) for _ in range(2)]
        clock.set(LATE + timedelta(minutes=1))
        morning = await shop.place(location_id=bar.node_id)
        assert [(order.business_date, order.number) for order in [*night, morning]] == [
            ("2031-06-01", 1),
            ("2031-06-01", 2),
            ("2031-06-02", 1),
        ]


async def test_an_expired_quote_places_nothing(database_dsn: str) -> None:
    clock = FixedClock(LATE)
    async with running(database_dsn, clock=clock) as plugins:
        shop = await open_shop(plugins)
        request = await shop.quoted()
        clock.set(LATE + timedelta(minutes=15, seconds=1))
        with pytest.raises(FailedPrecondition) as caught:
            await shop.orders.place_order(request)
        assert caught.value.code == "QUOTE_EXPIRED"
        assert await plugins.sql("select 1 from orders.orders") == []


async def test_an_order_of_another_system_belongs_to_its_own_day(database_dsn: str) -> None:
    clock = FixedClock(LATE)
    async with running(database_dsn, clock=clock) as plugins:
        shop = await open_shop(plugins)
        today = await shop.place()
        before = LATE - timedelta(days=800)
        old = [
            await shop.place(placed_at=before + timedelta(minutes=index), external_id=f"x-{index}")
            for index in range(2)
        ]
        assert (today.business_date, today.number) == ("2031-06-02", 1)
        assert [(order.business_date, order.number) for order in old] == [
            ("2029-03-24", 1),
            ("2029-03-24", 2),
        ]
        stored = await shop.orders.get_order(GetOrderRequest(order_id=old[0].order_id))
        assert stored.placed_at == before
        assert [(entry.step, entry.at) for entry in stored.timeline[:2]] == [
            ("place", before),
            ("accept", before),
        ]
        listed = (await shop.orders.list_orders(ListOrdersRequest(location_id=shop.pier))).orders
        assert [order.order_id for order in listed] == [one.order_id for one in (today, old[1], old[0])]
        with pytest.raises(AlreadyExists):
            await shop.place(placed_at=LATE, external_id="x-1")
        with pytest.raises(InvalidArgument) as caught:
            await shop.place(placed_at=LATE + timedelta(hours=1))
        assert [violation.field for violation in caught.value.violations] == ["placed_at"]
