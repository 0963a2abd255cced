"""The cooks of a location: they see tickets, start them, and say when they are done."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from harbor_table.pace import Pace
from oms_sdk import APIError, AsyncOMS, Ticket, TicketState

_TO_DO = (TicketState.FIRED, TicketState.STARTED)


class Crew:
    """Cooks with enough hands for every ticket; ``watch`` sees each ticket as it changes."""

    def __init__(
        self,
        oms: AsyncOMS,
        location_id: str,
        pace: Pace,
        dice: random.Random,
        watch: Callable[[Ticket], None],
    ) -> None:
        self._oms = oms
        self._location_id = location_id
        self._pace = pace
        self._dice = dice
        self._watch = watch
        self._in_hand: set[str] = set()

    async def work(self) -> None:
        """Cook until cancelled."""
        async with asyncio.TaskGroup() as cooks:
            while True:
                for state in _TO_DO:
                    for ticket in await self._tickets(state):
                        if ticket.ticket_id not in self._in_hand:
                            self._in_hand.add(ticket.ticket_id)
                            self._watch(ticket)
                            cooks.create_task(self._cook(ticket))
                await asyncio.sleep(self._pace.look)

    async def _tickets(self, state: TicketState) -> list[Ticket]:
        tickets = self._oms.tickets.list(location_id=self._location_id, state=state, page_size=200)
        return await tickets.to_list(limit=200)

    async def _cook(self, ticket: Ticket) -> None:
        try:
            if ticket.state == TicketState.FIRED:
                await asyncio.sleep(self._pace.queue(self._dice))
                ticket = await self._oms.tickets.start(
                    ticket.ticket_id, version=ticket.version, idempotency_key=_key("start", ticket)
                )
                self._watch(ticket)
            await asyncio.sleep(self._pace.cook(self._dice))
            done = await self._oms.tickets.done(
                ticket.ticket_id, version=ticket.version, idempotency_key=_key("done", ticket)
            )
            self._watch(done)
        except APIError as refusal:
            # Somebody else moved the ticket (voided, or taken by a cook of another demo): look at it anew.
            if refusal.status not in {409, 422}:
                raise
        finally:
            self._in_hand.discard(ticket.ticket_id)


def _key(step: str, ticket: Ticket) -> str:
    return f"{step}/{ticket.ticket_id}/{ticket.version}"
