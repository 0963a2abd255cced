"""What came of it: the sums of the stored orders, by SQL where the database is ours, else over the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import asyncpg

from harbor_table.replay.sales import CHANNEL, CURRENCY, Sales
from oms_core.storage import attach
from oms_sdk import AsyncOMS, Order

_LARGEST_PAGE = 200
_SUMS = """
select count(*), coalesce(sum(placed.items), 0)::bigint, coalesce(sum(o.amount), 0)::bigint,
  coalesce(string_agg(distinct o.currency, ',' order by o.currency), $6), count(distinct o.business_date)
from orders.orders o
cross join lateral (
  select sum(quantity) as items from orders.order_lines where order_id = o.order_id
) as placed
where o.tenant = $1 and o.location_id = $2 and o.channel = $3 and o.business_date between $4 and $5
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over orders; ``items`` are pizzas, ``days`` business days with at least one order."""

    orders: int
    items: int
    total_minor: int
    currency: str
    days: int


def of_sales(sales: Sales) -> Figures:
    """Return the sums that the data set leads to expect."""
    orders = sales.orders
    items, total = sum(sale.items for sale in orders), sum(sale.amount for sale in orders)
    return Figures(len(orders), items, total, CURRENCY, len(sales.days))


async def of_database(data: Path, *, chain_id: str, location_id: str, sales: Sales) -> Figures:
    """Return the sums of all orders of the location and channel that are stored for the days of ``sales``."""
    first, last = min(sales.days), max(sales.days)
    async with attach(data) as dsn:
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute("set role oms_maintenance")
            sums = await connection.fetchrow(_SUMS, chain_id, location_id, CHANNEL, first, last, CURRENCY)
        finally:
            await connection.close()
    return Figures(*sums)


async def listed(oms: AsyncOMS, location_id: str) -> list[Order]:
    """Return every order of the location that came over the channel, page by page."""
    pages = oms.orders.list(location_id=location_id, page_size=_LARGEST_PAGE)
    return [order async for order in pages if order.channel == CHANNEL]


def of_listed(orders: Iterable[Order], sales: Sales) -> Figures:
    """Return the sums of listed orders for the days of ``sales``."""
    first, last = min(sales.days), max(sales.days)
    chosen = [one for one in orders if first <= date.fromisoformat(one.business_date) <= last]
    totals = [one.total for one in chosen if one.total is not None]
    return Figures(
        orders=len(chosen),
        items=sum(line.quantity for one in chosen for line in one.lines),
        total_minor=sum(total.amount for total in totals),
        currency=",".join(sorted({total.currency for total in totals})) or CURRENCY,
        days=len({one.business_date for one in chosen}),
    )
