"""Rows to messages and back."""

from __future__ import annotations

from datetime import date, datetime, time

from oms_core.storage import Record, Transaction
from oms_protos.types.v1 import Money

from happy_hour_protos.v1 import GivenDay, HappyHour
from oms_happy_hour.rules import Window
from oms_happy_hour.tables import HappyHourRow

MOST_HAPPY_HOURS = 200
MOST_DAYS = 100

_WINDOWS = """
select weekday, starts, ends, percent_off from happy_hour.happy_hours
where location_id = $1 and created_at <= $2 and (deleted_at is null or deleted_at > $2)
"""
_LIST = """
select * from happy_hour.happy_hours where location_id = $1 and deleted_at is null
order by weekday, starts, happy_hour_id limit $2
"""
_DELETE = """
update happy_hour.happy_hours set deleted_at = $2 where happy_hour_id = $1 and deleted_at is null
returning *
"""
_ADD = """
insert into happy_hour.given_days as day
  (given_day_id, tenant, location_id, business_date, currency, orders, amount)
values ($1, $2, $3, $4, $5, 1, $6)
on conflict (given_day_id) do update set orders = day.orders + 1, amount = day.amount + excluded.amount
"""
_DAYS = """
select * from happy_hour.given_days where location_id = $1 order by business_date desc, currency limit $2
"""


async def write(happy_hour: HappyHour) -> None:
    """Store a new one in the open transaction: Piccolo's queries join it by themselves."""
    await HappyHourRow.insert(
        HappyHourRow(
            happy_hour_id=happy_hour.happy_hour_id,
            location_id=happy_hour.location_id,
            weekday=happy_hour.weekday,
            starts=time.fromisoformat(happy_hour.starts),
            ends=time.fromisoformat(happy_hour.ends),
            percent_off=happy_hour.percent_off,
            created_at=happy_hour.created_at,
        )
    )


async def read(tx: Transaction, happy_hour_id: str) -> HappyHour | None:
    """Return one of the transaction's tenant; those of others are not there."""
    row = await tx.fetchrow("select * from happy_hour.happy_hours where happy_hour_id = $1", happy_hour_id)
    return None if row is None else _happy_hour(row)


async def listed(tx: Transaction, location_id: str) -> list[HappyHour]:
    """Return those of a location that are not deleted, from Monday's on."""
    return [_happy_hour(row) for row in await tx.fetch(_LIST, location_id, MOST_HAPPY_HOURS)]


async def windows(tx: Transaction, location_id: str, *, at: datetime) -> list[Window]:
    """Return the windows that a location had at a moment."""
    rows = await tx.fetch(_WINDOWS, location_id, at)
    return [Window(row["weekday"], row["starts"], row["ends"], row["percent_off"]) for row in rows]


async def delete(tx: Transaction, happy_hour_id: str, *, at: datetime) -> HappyHour | None:
    """End one; None: it is not there, or was ended before."""
    row = await tx.fetchrow(_DELETE, happy_hour_id, at)
    return None if row is None else _happy_hour(row)


async def add_given(tx: Transaction, location_id: str, *, day: date, given: Money) -> None:
    """Add one order to what happy hours gave away on a day."""
    key = f"{location_id}/{day}/{given.currency}"
    await tx.execute(_ADD, key, tx.tenant, location_id, day, given.currency, given.amount)


async def given_days(tx: Transaction, location_id: str) -> list[GivenDay]:
    """Return what was given away at a location, the latest day first."""
    return [
        GivenDay(
            business_date=row["business_date"].isoformat(),
            orders=row["orders"],
            given=Money(amount=row["amount"], currency=row["currency"]),
        )
        for row in await tx.fetch(_DAYS, location_id, MOST_DAYS)
    ]


def _happy_hour(row: Record) -> HappyHour:
    return HappyHour(
        happy_hour_id=row["happy_hour_id"],
        location_id=row["location_id"],
        weekday=row["weekday"],
        starts=f"{row['starts']:%H:%M}",
        ends=f"{row['ends']:%H:%M}",
        percent_off=row["percent_off"],
        created_at=row["created_at"],
        deleted_at=row["deleted_at"],
    )
