"""``python -m tests.scaffold.with_happy_hour DSN``: an evening beside happy_hour, as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime

from happy_hour_protos.v1 import CreateHappyHourRequest, HappyHoursClient, ListGivenDaysRequest
from oms_core.clock import FixedClock
from oms_core.testing.running import running
from oms_protos.orders.v1 import HandOffOrderRequest, PriceOrderRequest, ServiceMode
from tests.shop import open_shop

MONDAY_IN_NEW_YORK = datetime(2026, 1, 5, 22, 30, tzinfo=UTC)  # half past five there


async def evening(dsn: str) -> dict[str, object]:
    async with running(dsn, clock=FixedClock(MONDAY_IN_NEW_YORK)) as plugins:
        shop = await open_shop(plugins)
        happy_hours = plugins.client(HappyHoursClient, tenant=shop.chain_id, role="owner")
        await happy_hours.create_happy_hour(
            CreateHappyHourRequest(
                location_id=shop.pier, weekday=1, starts="17:00", ends="18:00", percent_off=20
            )
        )
        line = shop.line(shop.cola, quantity=3)
        quote = await shop.orders.price_order(
            PriceOrderRequest(location_id=shop.pier, service_mode=ServiceMode.TAKEOUT, lines=[line])
        )
        order = await shop.place(line)
        await plugins.settle()
        await shop.orders.hand_off_order(HandOffOrderRequest(order_id=order.order_id))
        await plugins.settle()
        given = await happy_hours.list_given_days(ListGivenDaysRequest(location_id=shop.pier))
        return {
            "chain_id": shop.chain_id,
            "location_id": shop.pier,
            "order_id": order.order_id,
            "variation_id": line.variation_id,
            "quote": [(one.plugin, one.code, one.amount and one.amount.amount) for one in quote.adjustments],
            "quoted": quote.total and quote.total.amount,
            "order": [(one.plugin, one.code, one.amount and one.amount.amount) for one in order.adjustments],
            "total": order.total and order.total.amount,
            "given": [(day.business_date, day.orders, day.given and day.given.amount) for day in given.days],
        }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(evening(sys.argv[1]))))
