"""What must be true afterwards, asked of the database itself."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from uuid import UUID

import asyncpg

from tests.chaos.load import Promise

QUIET_SECONDS = 180.0

_MOVING = """
select (select count(*) from oms.outbox) + (select count(*) from oms.delivery where dead_at is null)
     + (select count(*) from oms.event_log l
         join unnest($1::text[], $2::text[]) as wanted(type, consumer) on wanted.type = l.type
        where not exists (select from oms.inbox i
                           where i.consumer = wanted.consumer and i.event_id = l.event_id)
          and not exists (select from oms.delivery d
                           where d.consumer = wanted.consumer and d.event_id = l.event_id))
"""
# Handled later than a later one of its aggregate: notes are written when a handler's transaction begins.
_INVERSIONS = """
select count(*) from (
  select l.aggregate_version,
         lag(l.aggregate_version) over (partition by i.consumer, l.tenant, l.type, l.aggregate_id
                                        order by i.done_at, l.aggregate_version) as before
    from oms.inbox i join oms.event_log l using (event_id)) as handled
 where aggregate_version < before
"""
_BROKEN_SUMS = """
select count(*) from orders.orders o where o.amount <>
  (select coalesce(sum(l.unit_amount * l.quantity), 0) from orders.order_lines l
    where l.order_id = o.order_id)
"""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong; all of it is 0 when nothing is."""

    lost: int
    duplicated: int
    inversions: int
    money_off: int
    outbox: int
    dead_letters_off: int


async def quiet(dsn: str, wanted: Sequence[tuple[str, str]]) -> None:
    """Wait until every event is handled or dead; what is not after three minutes is for the audit to find."""
    connection = await asyncpg.connect(dsn)
    deadline = time.monotonic() + QUIET_SECONDS
    try:
        while time.monotonic() < deadline:
            if not await connection.fetchval(_MOVING, [one[0] for one in wanted], [one[1] for one in wanted]):
                return
            await asyncio.sleep(0.25)
    finally:
        await connection.close()


async def audit(
    dsn: str,
    promises: Collection[Promise],
    wanted: Sequence[tuple[str, str]],
    *,
    poison: Collection[UUID] = (),
    perhaps: Collection[UUID] = (),
) -> Findings:
    """Compare what was promised with what is stored; of ``perhaps`` each may be there or not."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("set role oms_maintenance")
        orders = await connection.fetch("select order_id, external_id, amount from orders.orders")
        tickets = await connection.fetch("select order_id, station from kitchen.tickets")
        await connection.execute("reset role")
        inversions = await connection.fetchval(_INVERSIONS)
        broken = await connection.fetchval(_BROKEN_SUMS)
        dead = await connection.fetch("select event_id from oms.delivery where dead_at is not null")
        moving = await connection.fetchval(_MOVING, [one[0] for one in wanted], [one[1] for one in wanted])
    finally:
        await connection.close()
    letters = {row["event_id"] for row in dead}
    stored = {row["order_id"]: row for row in orders}
    kept = [
        one
        for one in promises
        if stored.get(one.order_id, {"external_id": None})["external_id"] == one.external_id
    ]
    due = {(one.order_id, station) for one in promises for station in one.stations}
    made = Counter((row["order_id"], row["station"]) for row in tickets)
    again = Counter(row["external_id"] for row in orders)
    return Findings(
        lost=len(promises) - len(kept) + len(due - made.keys()),
        duplicated=sum(count - 1 for count in [*made.values(), *again.values()]),
        inversions=inversions,
        money_off=sum(stored[one.order_id]["amount"] != one.total for one in kept) + broken,
        outbox=moving,
        dead_letters_off=len(set(poison) - letters) + len(letters - {*poison, *perhaps}),
    )


def verdict(findings: Findings) -> str:
    """Return the findings in one line: ``lost 0 duplicated 0 …``."""
    return " ".join(f"{one.name} {getattr(findings, one.name)}" for one in fields(findings))
