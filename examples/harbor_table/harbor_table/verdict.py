"""Whether everything that was acknowledged is there, exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harbor_table.journal import Acknowledged

COMPLETED = "COMPLETED"


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """An order as the database has it; ``state`` without prefix, for example ``READY``."""

    order_id: str
    external_id: str
    state: str


@dataclass(frozen=True, slots=True)
class StoredTicket:
    """A ticket as the database has it."""

    order_id: str
    station: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is missing and what is there too often.

    ``unacknowledged`` counts stored orders that no journal entry names; ``completed`` counts those
    acknowledged that reached their end.
    """

    completed: int
    tickets: int
    lost_orders: int
    duplicated_orders: int
    lost_tickets: int
    duplicated_tickets: int
    unacknowledged: int

    @property
    def lost(self) -> int:
        """Orders and tickets that were promised and are not there."""
        return self.lost_orders + self.lost_tickets

    @property
    def duplicated(self) -> int:
        """Orders and tickets beyond the first of each."""
        return self.duplicated_orders + self.duplicated_tickets


def judge(
    acknowledged: Sequence[Acknowledged], orders: Sequence[StoredOrder], tickets: Sequence[StoredTicket]
) -> Verdict:
    """Compare the journal with what is stored."""
    promised = {entry.external_id: entry for entry in acknowledged}
    by_external = Counter(order.external_id for order in orders)
    stored = {order.order_id: order for order in orders}
    due = {(entry.order_id, station) for entry in acknowledged for station in entry.stations}
    made = Counter((ticket.order_id, ticket.station) for ticket in tickets)
    kept = [entry for entry in acknowledged if _is(entry, stored)]
    return Verdict(
        completed=sum(stored[entry.order_id].state == COMPLETED for entry in kept),
        tickets=len(tickets),
        lost_orders=len(acknowledged) - len(kept),
        duplicated_orders=_beyond_first(by_external.values()),
        lost_tickets=len(due - made.keys()),
        duplicated_tickets=_beyond_first(made.values()),
        unacknowledged=len(by_external.keys() - promised.keys()),
    )


def _is(entry: Acknowledged, stored: dict[str, StoredOrder]) -> bool:
    """Say whether the very order that was acknowledged is there, under its own external id."""
    order = stored.get(entry.order_id)
    return order is not None and order.external_id == entry.external_id


def _beyond_first(counts: Iterable[int]) -> int:
    return sum(count - 1 for count in counts)
