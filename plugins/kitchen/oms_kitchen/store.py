"""Tickets to rows and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from oms_core.storage import Record, Transaction
from oms_kitchen.rules import Work
from oms_kitchen.states import OPEN
from oms_protos.kitchen.v1 import Ticket, TicketItem, TicketModifier, TicketState

_FIRE = """
with work as (
  insert into kitchen.order_work (order_id, tenant, location_id, version, closed)
  values ($1, $2, $3, $4, false)
  on conflict (order_id) do nothing
  returning order_id, tenant, location_id
), fired as (
  insert into kitchen.tickets (tenant, order_id, location_id, number, state, fired_at, updated_at, version,
    ticket_id, station, items, also_at)
  select work.tenant, work.order_id, work.location_id, $5, 'FIRED', $6, $6, 1, ticket.ticket_id,
    ticket.station, ticket.items::jsonb, array_remove($8::text[], ticket.station)
  from work, unnest($7::text[], $8::text[], $9::text[]) as ticket (ticket_id, station, items)
)
select true from work
"""

_FORBID = """
insert into kitchen.order_work (order_id, tenant, location_id, version, closed) values ($1, $2, $3, 0, true)
on conflict (order_id) do nothing
"""

_LOCK = """
select order_id, location_id, version, closed from kitchen.order_work
where order_id = $1 or order_id = (select order_id from kitchen.tickets where ticket_id = $2)
for update
"""

_SAVE = """
with moved as (
  update kitchen.tickets t set state = step.state, version = step.version, updated_at = step.at
  from unnest($3::text[], $4::text[], $5::bigint[], $6::timestamptz[])
    as step (ticket_id, state, version, at)
  where t.ticket_id = step.ticket_id and t.version <> step.version
)
update kitchen.order_work set version = $2, closed = $7
where order_id = $1 and (version, closed) <> ($2, $7)
"""


class _Modifier(msgspec.Struct, frozen=True, array_like=True):
    name: str
    quantity: int
    modifiers: list[_Modifier] = []


class _Item(msgspec.Struct, frozen=True, array_like=True):
    line_id: str
    name: str
    variation_name: str
    quantity: int
    modifiers: list[_Modifier] = []


_decoder = msgspec.json.Decoder(list[_Item])
_END = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets a list shows; what is empty or unspecified is not asked for."""

    location_id: str
    station: str
    state: TicketState
    order_id: str

    @property
    def filters(self) -> list[str]:
        """All that tells this list from another."""
        return [self.location_id, self.station, self.state.name, self.order_id]


async def write_work(tx: Transaction, work: Work, *, number: int, at: datetime) -> bool:
    """Store an order's tickets as they were fired; False when its work is there already, or forbidden."""
    written = await tx.fetchval(
        _FIRE,
        work.order_id,
        tx.tenant,
        work.location_id,
        work.version,
        number,
        at,
        [ticket.ticket_id for ticket in work.tickets],
        [ticket.station for ticket in work.tickets],
        [_encode(ticket.items) for ticket in work.tickets],
    )
    return written is True


async def forbid_work(tx: Transaction, order_id: str, *, location_id: str) -> bool:
    """Let no tickets be fired for an order any more; False when its work is there already."""
    return await tx.execute(_FORBID, order_id, tx.tenant, location_id) == "INSERT 0 1"


async def lock_work(tx: Transaction, *, order_id: str = "", ticket_id: str = "") -> Work | None:
    """Return everything made for an order, found by its id or a ticket's; it stays ours until the commit."""
    row = await tx.fetchrow(_LOCK, order_id, ticket_id)
    if row is None:
        return None
    # A statement of its own, begun after the lock: it sees what the one before us has committed.
    tickets = await tx.fetch("select * from kitchen.tickets where order_id = $1", row["order_id"])
    made = tuple(map(_ticket, tickets))
    return Work(row["order_id"], row["location_id"], row["version"], made, is_closed=row["closed"])


async def save_work(tx: Transaction, work: Work) -> None:
    """Store what has changed in a locked order's work."""
    await tx.execute(
        _SAVE,
        work.order_id,
        work.version,
        [ticket.ticket_id for ticket in work.tickets],
        [ticket.state.name for ticket in work.tickets],
        [ticket.version for ticket in work.tickets],
        [ticket.updated_at for ticket in work.tickets],
        work.is_closed,
    )


async def location_of(tx: Transaction, ticket_id: str) -> str | None:
    """Return the location of a ticket, or None."""
    return await tx.fetchval(  # type: ignore[no-any-return]
        "select location_id from kitchen.tickets where ticket_id = $1", ticket_id
    )


async def read_ticket(tx: Transaction, ticket_id: str) -> Ticket | None:
    """Return a ticket, or None."""
    row = await tx.fetchrow("select * from kitchen.tickets where ticket_id = $1", ticket_id)
    return None if row is None else _ticket(row)


async def read_page(
    tx: Transaction, wanted: Wanted, *, after: tuple[datetime, str] | None, limit: int
) -> list[Ticket]:
    """Return the next tickets of a list, oldest first, with one statement."""
    fired_at, ticket_id = after or (_END, "")
    statement, values = _page_statement(wanted)
    return [_ticket(row) for row in await tx.fetch(statement, fired_at, ticket_id, limit, *values)]


def _page_statement(wanted: Wanted) -> tuple[str, list[str]]:
    asked = {"location_id": wanted.location_id, "station": wanted.station, "order_id": wanted.order_id}
    values = {column: value for column, value in asked.items() if value}
    conditions = [f"and {column} = ${number}" for number, column in enumerate(values, start=4)]
    if wanted.state is not TicketState.UNSPECIFIED:
        conditions.append(f"and state = '{wanted.state.name}'")
    if wanted.state in OPEN:
        # Says again, in the words of the index of open tickets, what the planner does not conclude itself.
        conditions.append(f"and state in ({', '.join(repr(state.name) for state in OPEN)})")
    statement = f"""
    select * from kitchen.tickets where (fired_at, ticket_id) > ($1, $2) {" ".join(conditions)}
    order by fired_at, ticket_id limit $3
    """  # noqa: S608 - columns of ours and names of an enum; what callers send is in values
    return statement, list(values.values())


def _encode(items: Sequence[TicketItem]) -> str:
    rows = [
        _Item(item.line_id, item.name, item.variation_name, item.quantity, _rows(item.modifiers))
        for item in items
    ]
    return msgspec.json.encode(rows).decode()


def _rows(modifiers: Sequence[TicketModifier]) -> list[_Modifier]:
    return [_Modifier(one.name, one.quantity, _rows(one.modifiers)) for one in modifiers]


def _item(row: _Item) -> TicketItem:
    return TicketItem(
        line_id=row.line_id,
        name=row.name,
        variation_name=row.variation_name,
        quantity=row.quantity,
        modifiers=_modifiers(row.modifiers),
    )


def _modifiers(rows: Sequence[_Modifier]) -> list[TicketModifier]:
    return [
        TicketModifier(name=row.name, quantity=row.quantity, modifiers=_modifiers(row.modifiers))
        for row in rows
    ]


def _ticket(row: Record) -> Ticket:
    return Ticket(
        ticket_id=row["ticket_id"],
        order_id=row["order_id"],
        location_id=row["location_id"],
        station=row["station"],
        number=row["number"],
        state=TicketState[row["state"]],
        items=[_item(item) for item in _decoder.decode(row["items"])],
        also_at=row["also_at"],
        fired_at=row["fired_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )
