"""Tickets, as the contract offers them."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Protocol

from oms_core.auth import Seals
from oms_core.auth.pages import Pages, page_size
from oms_core.clock import Clock
from oms_core.storage import Storage
from oms_kitchen import rules, states, store
from oms_protos.kitchen.v1 import (
    DoneTicketRequest,
    GetTicketRequest,
    ListTicketsRequest,
    ListTicketsResponse,
    RecallTicketRequest,
    StartTicketRequest,
    Ticket,
    TicketsServiceBase,
    TicketState,
)
from oms_wire.errors import Aborted, FailedPrecondition, FieldViolation, InvalidArgument, NotFound


class Change(Protocol):
    """A rule for one ticket of an order's work."""

    def __call__(
        self, work: rules.Work, ticket_id: str, /, *, at: datetime
    ) -> tuple[rules.Work, list[rules.Told]]:
        """Return the work after it, and what is to be told."""


class TicketsService(TicketsServiceBase):
    """Shows cooks their tickets and takes their steps."""

    def __init__(self, storage: Storage, seals: Seals, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._pages = Pages(seals, "kitchen.tickets")

    async def locate_ticket(self, ticket_id: str, /) -> str:
        """Return the location of a ticket."""
        async with self._storage.transaction() as tx:
            if location_id := await store.location_of(tx, ticket_id):
                return location_id
        raise _no_ticket(ticket_id)

    async def list_tickets(self, request: ListTicketsRequest, /) -> ListTicketsResponse:
        """Return one page of a location's tickets, in the sequence in which they were first fired."""
        if request.state not in tuple(TicketState):
            wrong = FieldViolation("state", f"there is no state number {request.state.value}")
            raise InvalidArgument("INVALID_FIELD", f"state: {wrong.message}", violations=[wrong])
        size = page_size(request.page_size)
        wanted = store.Wanted(request.location_id, request.station, request.state, request.order_id)
        last = self._pages.after(request.page_token, wanted.filters)
        after = (datetime.fromisoformat(last[0]), last[1]) if last else None
        async with self._storage.transaction() as tx:
            tickets = await store.read_page(tx, wanted, after=after, limit=size + 1)
        token = ""
        if len(tickets) > size:
            final = tickets[size - 1]
            token = self._pages.token(wanted.filters, [str(final.fired_at), final.ticket_id])
        return ListTicketsResponse(tickets=tickets[:size], next_page_token=token)

    async def get_ticket(self, request: GetTicketRequest, /) -> Ticket:
        """Return one ticket."""
        async with self._storage.transaction() as tx:
            ticket = await store.read_ticket(tx, request.ticket_id)
        if ticket is None:
            raise _no_ticket(request.ticket_id)
        return ticket

    async def start_ticket(self, request: StartTicketRequest, /) -> Ticket:
        """Take a ticket on; the first of an order starts the order."""
        return await self._step(request.ticket_id, request.version, states.START)

    async def done_ticket(self, request: DoneTicketRequest, /) -> Ticket:
        """Say that a ticket is made; with the last one the order is prepared."""
        return await self._step(request.ticket_id, request.version, states.DONE)

    async def recall_ticket(self, request: RecallTicketRequest, /) -> Ticket:
        """Take back what was called made, with the other tickets that work on the same lines."""
        if wrong := rules.check_reason(request.reason):
            raise InvalidArgument("INVALID_FIELD", f"reason: {wrong[0].message}", violations=wrong)
        recall = partial(rules.recall, reason=request.reason)
        return await self._change(request.ticket_id, request.version, recall)

    async def _step(self, ticket_id: str, version: int, step: str) -> Ticket:
        return await self._change(ticket_id, version, partial(rules.advance, step=step))

    async def _change(self, ticket_id: str, version: int, change: Change) -> Ticket:
        async with self._storage.transaction() as tx:
            work = await store.lock_work(tx, ticket_id=ticket_id)
            if work is None:
                raise _no_ticket(ticket_id)
            before = _find(work, ticket_id)
            if version not in (0, before.version):
                raise _stale(before, sent=version)
            try:
                after, events = change(work, ticket_id, at=self._clock.now())
            except rules.IllegalStep as error:
                raise _not_now(before, str(error)) from None
            except rules.OrderClosed as error:
                raise _closed(before, str(error)) from None
            await store.save_work(tx, after)
            for event in events:
                tx.emit(event, version=event.order_version)
            ticket = _find(after, ticket_id)
            tx.answer(ticket)
        return ticket


def _find(work: rules.Work, ticket_id: str) -> Ticket:
    return next(ticket for ticket in work.tickets if ticket.ticket_id == ticket_id)


def _no_ticket(ticket_id: str) -> NotFound:
    return NotFound("TICKET_NOT_FOUND", f"there is no ticket {ticket_id!r}")


def _not_now(ticket: Ticket, message: str) -> FailedPrecondition:
    allowed = ", ".join(states.TICKET.steps_from(ticket.state))
    return FailedPrecondition(
        "TICKET_STATE",
        f"{message}; allowed now: {allowed or 'nothing, it is at its end'}",
        details={"ticket_id": ticket.ticket_id, "state": ticket.state.name, "allowed": allowed},
    )


def _closed(ticket: Ticket, message: str) -> FailedPrecondition:
    return FailedPrecondition(
        "ORDER_CLOSED",
        f"{message}; allowed now: nothing",
        details={"ticket_id": ticket.ticket_id, "order_id": ticket.order_id, "allowed": ""},
    )


def _stale(ticket: Ticket, *, sent: int) -> Aborted:
    return Aborted(
        "VERSION_MISMATCH",
        f"{ticket.ticket_id} is at version {ticket.version}, not {sent}: read it again and decide again",
        details={"sent": str(sent), "current": str(ticket.version), "state": ticket.state.name},
    )
