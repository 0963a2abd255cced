"""What a step of one ticket does to the others of its order, and when an order is started and made."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from oms_kitchen.routing import by_station
from oms_kitchen.states import DONE, OPEN, RECALL, START, TICKET, VOID
from oms_protos.kitchen.v1 import OrderPrepared, OrderRecalled, OrderStarted, Ticket, TicketState
from oms_protos.orders.v1 import OrderAccepted
from oms_wire.errors import FieldViolation

_REASON = re.compile(r"([A-Z][A-Z0-9_]{0,63})?")


class IllegalStep(Exception):
    """A step that a ticket's state does not allow."""


class OrderClosed(Exception):
    """A recall of what was cancelled or handed over."""


def check_reason(reason: str) -> list[FieldViolation]:
    """Say what is wrong with a reason: it travels in events, so it is a code and never a sentence."""
    if not _REASON.fullmatch(reason):
        return [FieldViolation("reason", 'not a code like "UNDERCOOKED", at most 64 characters')]
    return []


@dataclass(frozen=True, slots=True)
class Work:
    """Everything that the kitchen makes for one order.

    ``version`` counts what the kitchen has told about the order: one event each, without gaps.
    ``is_closed``: the order was cancelled or handed over, nothing is made for it any more.
    """

    order_id: str
    location_id: str
    version: int
    tickets: tuple[Ticket, ...]
    is_closed: bool = False

    @property
    def is_started(self) -> bool:
        """Whether any cook has taken on anything of it."""
        return any(ticket.state in _BEGUN for ticket in self.tickets)

    @property
    def is_prepared(self) -> bool:
        """Whether all that is still wanted of it is made; an order of nothing to make is."""
        wanted = [ticket for ticket in self.tickets if ticket.state is not TicketState.VOIDED]
        is_made = all(ticket.state is TicketState.READY for ticket in wanted)
        return is_made and (bool(wanted) or not self.tickets)


Told = OrderStarted | OrderPrepared | OrderRecalled
_BEGUN = (TicketState.STARTED, TicketState.READY, TicketState.RECALLED)


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


def recall(work: Work, ticket_id: str, *, reason: str, at: datetime) -> tuple[Work, list[Told]]:
    """Take a made ticket back, with every other made one that works on a line of it.

    The order is told recalled if it had been told prepared. Raises OrderClosed, IllegalStep.
    """
    if work.is_closed:
        raise OrderClosed("recall is not allowed: the order was cancelled or handed over")
    named = next(one for one in work.tickets if one.ticket_id == ticket_id)
    lines = {item.line_id for item in named.items}
    moved = [
        _moved(one, RECALL, at) if one is named or _is_made_of(lines, one) else one for one in work.tickets
    ]
    after = replace(work, tickets=tuple(moved))
    events: list[Told] = []
    if work.is_prepared:
        events.append(OrderRecalled(order_id=work.order_id, location_id=work.location_id, reason=reason))
    return _tell(work, after, events=events)


def _is_made_of(lines: Collection[str], ticket: Ticket) -> bool:
    return ticket.state is TicketState.READY and any(item.line_id in lines for item in ticket.items)


def close(work: Work, *, at: datetime) -> Work:
    """Void every ticket that is not made yet; what is made stays made, for good."""
    tickets = tuple(_moved(one, VOID, at) if one.state in OPEN else one for one in work.tickets)
    return replace(work, tickets=tickets, is_closed=True)


def _moved(ticket: Ticket, step: str, at: datetime) -> Ticket:
    target = TICKET.after(ticket.state, step)
    if target is None:
        raise IllegalStep(f"{step} is not allowed: the ticket is {ticket.state.name}")
    return replace(ticket, state=target, updated_at=at, version=ticket.version + 1)


def _prepared(work: Work) -> OrderPrepared:
    return OrderPrepared(order_id=work.order_id, location_id=work.location_id)


def _tell(before: Work, after: Work, *, events: Sequence[Told]) -> tuple[Work, list[Told]]:
    numbered = [
        replace(event, order_version=number) for number, event in enumerate(events, start=before.version + 1)
    ]
    return replace(after, version=before.version + len(events)), numbered
