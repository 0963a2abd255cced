"""How events get from the relay to consumers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from oms_core.messaging.envelope import Envelope, Slot
from oms_core.messaging.store import RelayTurn
from oms_core.messaging.subscription import Routes


class Transport(Protocol):
    """Takes events over from the relay."""

    async def publish(self, turn: RelayTurn, envelopes: Sequence[Envelope], /) -> Collection[Slot]:
        """Return once the events are safe; those of one aggregate stay in turn.

        Returns the slots of this process that can be woken after the turn commits. An exception leaves
        all events in the outbox; an event may therefore be published again, never lost.
        """


class PostgresTransport:
    """Fans events out into the database they came from, in the relay's own transaction.

    ``routes`` names the consumers of each type of event; it must hold every consumer that shares the
    database, in whichever process it runs, for an event is relayed once. An event that nobody wants
    stays in the event log alone.
    """

    def __init__(self, routes: Routes) -> None:
        self._routes = routes

    async def publish(self, turn: RelayTurn, envelopes: Sequence[Envelope]) -> Collection[Slot]:
        """Put one delivery for each consumer of each event."""
        return await fan_out(turn, envelopes, self._routes)


async def fan_out(turn: RelayTurn, envelopes: Sequence[Envelope], routes: Routes) -> Collection[Slot]:
    """Put one delivery for each consumer of each event; return the slots that have work by that."""
    deliveries = [(route, envelope) for envelope in envelopes for route in routes.get(envelope.type, ())]
    if deliveries:
        await turn.deliver(deliveries)
    return {Slot(route.consumer, envelope.part) for route, envelope in deliveries}
