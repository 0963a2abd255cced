"""Orders to rows and back. Placing is the hot path: one statement, below the ORM."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from oms_core.storage import Record, Transaction
from oms_orders import adjustments, modifiers
from oms_orders.states import LIVE
from oms_protos.orders.v1 import Order, OrderLine, OrderState, ServiceMode, TimelineEntry
from oms_protos.types.v1 import Money

_PLACE = """
with taken as (
  insert into orders.day_numbers as d (day, tenant, last) values ($2 || '/' || $3::date, $1, 1)
  on conflict (day) do update set last = d.last + 1
  returning last
), placed as (
  insert into orders.orders (tenant, location_id, business_date, order_id, brand_id, number, state,
    service_mode, amount, currency, menu_version, channel, external_id, placed_at, updated_at, version,
    adjustments, kitchen_version)
  select $1, $2, $3, $4, $5, taken.last, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15::jsonb, 0
  from taken
  on conflict (tenant, channel, external_id) do nothing
  returning order_id, number
), lines as (
  insert into orders.order_lines (tenant, order_id, position, line_id, item_id, variation_id, name,
    variation_name, quantity, note, unit_amount, modifiers)
  select $1, placed.order_id, line.position - 1, line.line_id, line.item_id, line.variation_id, line.name,
    line.variation_name, line.quantity, line.note, line.unit_amount, line.modifiers::jsonb
  from placed, unnest($16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::int[],
    $22::text[], $23::bigint[], $24::text[]) with ordinality as line (line_id, item_id, variation_id, name,
    variation_name, quantity, note, unit_amount, modifiers, position)
), steps as (
  insert into orders.timeline (tenant, order_id, version, step, from_state, to_state, by, at, reason)
  select $1, placed.order_id, entry.* from placed, unnest($25::bigint[], $26::text[], $27::text[],
    $28::text[], $29::text[], $30::timestamptz[], $31::text[]) as entry
)
select number from placed
"""

_MOVE = """
with moved as (
  update orders.orders set state = $2, version = $3, updated_at = $4 where order_id = $1
  returning tenant, order_id
)
insert into orders.timeline (tenant, order_id, version, step, from_state, to_state, by, at, reason)
select moved.tenant, moved.order_id, entry.* from moved, unnest($5::bigint[], $6::text[], $7::text[],
  $8::text[], $9::text[], $10::timestamptz[], $11::text[]) as entry
"""

_READ = "select * from orders.orders where order_id = $1"
_LOCK = f"{_READ} for update"
_HEAR = """
update orders.orders set kitchen_version = $2
where order_id = $1 and kitchen_version < greatest($2, 1)
returning *
"""
_LINES = "select * from orders.order_lines where order_id = any($1) order by order_id, position"
_TIMELINE = "select * from orders.timeline where order_id = $1 order by version"
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


def _page_statement(state: OrderState) -> str:
    # A state stands in the text, not in a parameter: so the planner can use the index of live orders.
    live = ", ".join(f"'{one.name}'" for one in LIVE)
    among = f"and state in ({live})" if state in LIVE else ""
    only = "" if state is OrderState.UNSPECIFIED else f"and state = '{state.name}'"
    return f"""
    select * from orders.orders
    where location_id = $1 and (placed_at, order_id) < ($2, $3) {among} {only}
    order by placed_at desc, order_id desc limit $4
    """  # noqa: S608 - names of an enum, nothing from outside


_PAGES = {state: _page_statement(state) for state in OrderState}


async def place(tx: Transaction, order: Order, *, day: date) -> int | None:
    """Store a new order, its lines and its first steps; return its display number.

    None: its channel has used the external id before, and nothing was stored.
    """
    total = order.total or Money()
    return await tx.fetchval(  # type: ignore[no-any-return]
        _PLACE,
        tx.tenant,
        order.location_id,
        day,
        order.order_id,
        order.brand_id,
        order.state.name,
        order.service_mode.name,
        total.amount,
        total.currency,
        order.menu_version,
        order.channel,
        order.external_id or None,
        order.placed_at,
        order.version,
        adjustments.written(order.adjustments),
        *_line_columns(order.lines),
        *_entry_columns(order.timeline),
    )


async def holder_of(tx: Transaction, *, channel: str, external_id: str) -> str:
    """Return the id of the order that has a channel's external id."""
    return str(
        await tx.fetchval(
            "select order_id from orders.orders where tenant = $1 and channel = $2 and external_id = $3",
            tx.tenant,
            channel,
            external_id,
        )
    )


async def move(tx: Transaction, order: Order, steps: Sequence[TimelineEntry]) -> None:
    """Store the state that an order is in now, and the steps that led there."""
    await tx.execute(
        _MOVE, order.order_id, order.state.name, order.version, order.updated_at, *_entry_columns(steps)
    )


async def location_of(tx: Transaction, order_id: str) -> str | None:
    """Return the location of an order, or None."""
    return await tx.fetchval(  # type: ignore[no-any-return]
        "select location_id from orders.orders where order_id = $1", order_id
    )


async def read(tx: Transaction, order_id: str, *, lock: bool = False) -> Order | None:
    """Return an order with lines and timeline, or None; locked, it stays as it is until the commit."""
    row = await tx.fetchrow(_LOCK if lock else _READ, order_id)
    return None if row is None else await _whole(tx, row)


async def hear(tx: Transaction, order_id: str, *, kitchen_version: int) -> Order | None:
    """Remember how far the kitchen has told of an order, and return the order, locked.

    None: there is no such order, or the kitchen has told something later before. An event without a number
    (0, of a release that did not count them) is heard until the first one that has a number.
    """
    row = await tx.fetchrow(_HEAR, order_id, kitchen_version)
    return None if row is None else await _whole(tx, row)


async def read_page(
    tx: Transaction, location_id: str, *, state: OrderState, after: tuple[datetime, str] | None, limit: int
) -> list[Order]:
    """Return the next orders of a location, newest first, with lines but without timelines."""
    placed_at, order_id = after or (_END_OF_TIME, "")
    rows = await tx.fetch(_PAGES[state], location_id, placed_at, order_id, limit)
    orders = {row["order_id"]: _order(row) for row in rows}
    for line in await tx.fetch(_LINES, list(orders)):
        order = orders[line["order_id"]]
        order.lines.append(_line(line, order))
    return list(orders.values())


async def _whole(tx: Transaction, row: Record) -> Order:
    order = _order(row)
    order.lines = [_line(line, order) for line in await tx.fetch(_LINES, [order.order_id])]
    order.timeline = [_entry(entry) for entry in await tx.fetch(_TIMELINE, order.order_id)]
    return order


def _line_columns(lines: Sequence[OrderLine]) -> tuple[list[object], ...]:
    return (
        [line.line_id for line in lines],
        [line.item_id for line in lines],
        [line.variation_id for line in lines],
        [line.name for line in lines],
        [line.variation_name for line in lines],
        [line.quantity for line in lines],
        [line.note for line in lines],
        [line.unit_price.amount if line.unit_price is not None else 0 for line in lines],
        [modifiers.written(line.modifiers) for line in lines],
    )


def _entry_columns(entries: Sequence[TimelineEntry]) -> tuple[list[object], ...]:
    return (
        [entry.version for entry in entries],
        [entry.step for entry in entries],
        [entry.from_state.name if entry.from_state else "" for entry in entries],
        [entry.to_state.name for entry in entries],
        [entry.by for entry in entries],
        [entry.at for entry in entries],
        [entry.reason for entry in entries],
    )


def _order(row: Record) -> Order:
    amount, currency = row["amount"], row["currency"]
    changes = adjustments.read(row["adjustments"], currency=currency)
    return Order(
        order_id=row["order_id"],
        location_id=row["location_id"],
        brand_id=row["brand_id"],
        number=row["number"],
        business_date=row["business_date"].isoformat(),
        state=OrderState[row["state"]],
        service_mode=ServiceMode[row["service_mode"]],
        total=Money(amount=amount, currency=currency),
        menu_version=row["menu_version"],
        channel=row["channel"],
        external_id=row["external_id"] or "",
        placed_at=row["placed_at"],
        updated_at=row["updated_at"],
        version=row["version"],
        subtotal=Money(amount=amount - adjustments.sum_of(changes), currency=currency),
        adjustments=changes,
    )


def _line(row: Record, order: Order) -> OrderLine:
    currency = order.total.currency if order.total is not None else ""
    chosen = modifiers.read(row["modifiers"], currency=currency)
    return OrderLine(
        line_id=row["line_id"],
        item_id=row["item_id"],
        variation_id=row["variation_id"],
        name=row["name"],
        variation_name=row["variation_name"],
        quantity=row["quantity"],
        note=row["note"],
        unit_price=Money(amount=row["unit_amount"], currency=currency),
        total=Money(amount=row["unit_amount"] * row["quantity"], currency=currency),
        base_price=Money(amount=row["unit_amount"] - modifiers.sum_of(chosen), currency=currency),
        modifiers=chosen,
    )


def _entry(row: Record) -> TimelineEntry:
    return TimelineEntry(
        version=row["version"],
        step=row["step"],
        from_state=OrderState[row["from_state"]] if row["from_state"] else OrderState.UNSPECIFIED,
        to_state=OrderState[row["to_state"]],
        by=row["by"],
        at=row["at"],
        reason=row["reason"],
    )
