"""Who makes what, and when an order is started and made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from oms_kitchen.states import DONE, OPEN, START, TICKET, VOID
from oms_protos.kitchen.v1 import OrderPrepared, OrderStarted, Ticket, TicketItem, TicketState
from oms_protos.orders.v1 import EventLine, OrderAccepted


class IllegalStep(Exception):
    """A step that a ticket's state does not allow."""


@dataclass(frozen=True, slots=True)
class Work:
    """Everything that the kitchen makes for one order.

    ``version`` counts what the kitchen has told about the order: one event each, without gaps.
    """

    order_id: str
    location_id: str
    version: int
    tickets: tuple[Ticket, ...]

    @property
    def is_started(self) -> bool:
        """Whether any cook has taken on anything of it."""
        return any(ticket.state in (TicketState.STARTED, TicketState.READY) for ticket in self.tickets)

    @property
    def is_prepared(self) -> bool:
        """Whether all that is still wanted of it is made; an order of nothing to make is."""
        wanted = [ticket for ticket in self.tickets if ticket.state is not TicketState.VOIDED]
        is_made = all(ticket.state is TicketState.READY for ticket in wanted)
        return is_made and (bool(wanted) or not self.tickets)


Told = OrderStarted | OrderPrepared


def by_station(lines: Sequence[EventLine], stations: Mapping[str, str]) -> dict[str, list[TicketItem]]:
    """Return what each station makes, in the lines' order; items without a station are nobody's work.

    ``stations`` has the station of each item id; an item that is not in it has none any more.
    """
    work: dict[str, list[TicketItem]] = {}
    for line in lines:
        if station := stations.get(line.item_id):
            work.setdefault(station, []).append(
                TicketItem(
                    line_id=line.line_id,
                    name=line.name,
                    variation_name=line.variation_name,
                    quantity=line.quantity,
                )
            )
    return dict(sorted(work.items()))


def fire(
    order: OrderAccepted, stations: Mapping[str, str], *, ticket_ids: Sequence[str], at: datetime
) -> tuple[Work, list[Told]]:
    """Return one ticket for each station of an order; with nothing to make, the order is made at once.

    ``ticket_ids`` has as many ids as ``by_station`` has stations.
    """
    work = by_station(order.lines, stations)
    tickets = tuple(
        Ticket(
            ticket_id=ticket_id,
            order_id=order.order_id,
            location_id=order.location_id,
            station=station,
            number=order.number,
            state=TicketState.FIRED,
            items=items,
            also_at=[other for other in work if other != station],
            fired_at=at,
            updated_at=at,
            version=1,
        )
        for ticket_id, (station, items) in zip(ticket_ids, work.items(), strict=True)
    )
    before = Work(order.order_id, order.location_id, 0, ())
    return _tell(before, replace(before, tickets=tickets), events=[] if tickets else [_prepared(before)])


def advance(work: Work, ticket_id: str, step: str, *, at: datetime) -> tuple[Work, list[Told]]:
    """Take a cook's step with one ticket and say what it means for the order; raises IllegalStep."""
    moved = [_moved(one, step, at) if one.ticket_id == ticket_id else one for one in work.tickets]
    after = replace(work, tickets=tuple(moved))
    events: list[Told] = []
    if step == START and not work.is_started:
        events.append(OrderStarted(order_id=work.order_id, location_id=work.location_id))
    if step == DONE and after.is_prepared:
        events.append(_prepared(work))
    return _tell(work, after, events=events)


def void(work: Work, *, at: datetime) -> Work:
    """Void every ticket that is not made yet; what is made stays made."""
    tickets = tuple(_moved(one, VOID, at) if one.state in OPEN else one for one in work.tickets)
    return replace(work, tickets=tickets)


def _moved(ticket: Ticket, step: str, at: datetime) -> Ticket:
    target = TICKET.after(ticket.state, step)
    if target is None:
        raise IllegalStep(f"{step} is not allowed: the ticket is {ticket.state.name}")
    return replace(ticket, state=target, updated_at=at, version=ticket.version + 1)


def _prepared(work: Work) -> OrderPrepared:
    return OrderPrepared(order_id=work.order_id, location_id=work.location_id)


def _tell(before: Work, after: Work, *, events: Sequence[Told]) -> tuple[Work, list[Told]]:
    return replace(after, version=before.version + len(events)), list(events)
