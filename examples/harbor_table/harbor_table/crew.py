"""The cooks of a location: they see tickets, start them, and say when they are done."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from harbor_table.api import Api, Refused
from harbor_table.pace import Pace
from oms_protos.kitchen.v1 import (
    DoneTicketRequest,
    ListTicketsResponse,
    StartTicketRequest,
    Ticket,
    TicketState,
)

_TO_DO = ("TICKET_STATE_FIRED", "TICKET_STATE_STARTED")


class Crew:
    """Cooks with enough hands for every ticket; ``watch`` sees each ticket as it changes."""

    def __init__(
        self, api: Api, location_id: str, pace: Pace, dice: random.Random, watch: Callable[[Ticket], None]
    ) -> None:
        self._api = api
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

    async def _tickets(self, state: str) -> list[Ticket]:
        page = await self._api.read(
            "/v1/tickets", ListTicketsResponse, locationId=self._location_id, state=state, pageSize=200
        )
        return page.tickets

    async def _cook(self, ticket: Ticket) -> None:
        try:
            if ticket.state == TicketState.FIRED:
                await asyncio.sleep(self._pace.queue(self._dice))
                ticket = await self._step(ticket, "start", StartTicketRequest(version=ticket.version))
            await asyncio.sleep(self._pace.cook(self._dice))
            await self._step(ticket, "done", DoneTicketRequest(version=ticket.version))
        except Refused as refusal:
            # Somebody else moved the ticket (voided, or taken by a cook of another demo): look at it anew.
            if refusal.status not in {409, 422}:
                raise
        finally:
            self._in_hand.discard(ticket.ticket_id)

    async def _step(
        self, ticket: Ticket, verb: str, request: StartTicketRequest | DoneTicketRequest
    ) -> Ticket:
        path = f"/v1/tickets/{ticket.ticket_id}:{verb}"
        after = await self._api.write(
            path, request, Ticket, key=f"{verb}/{ticket.ticket_id}/{ticket.version}"
        )
        self._watch(after)
        return after
