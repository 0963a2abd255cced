"""The narrow port on which relay and consumers stand: PostgreSQL in life, memory in simulation.

Whatever implements these passes one behaviour suite, ``tests/messaging``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from oms_core.messaging.envelope import DeadLetter, Delivery, Envelope, Route, Slot


class RelayTurn(Protocol):
    """One transaction of a relay: everything below happens when it commits, or not at all."""

    async def lease(self, parts: Sequence[int], *, most: int) -> Sequence[int]:
        """Lease up to ``most`` of ``parts`` that have rows and that no other relay holds, until the end."""

    async def take(self, parts: Sequence[int], *, limit: int) -> Sequence[Envelope]:
        """Remove the oldest rows of leased partitions from the outbox and return them by ``seq``."""

    async def deliver(self, deliveries: Sequence[tuple[Route, Envelope]]) -> None:
        """Put one delivery for each (route, event); one that is there already stays as it is."""


class OutboxStore(Protocol):
    """What a relay needs."""

    def relay_turn(self) -> AbstractAsyncContextManager[RelayTurn]:
        """Open a turn; leaving the block commits it, an exception rolls it back."""


class ScheduleStore(Protocol):
    """What the scheduler needs."""

    async def publish_due(self, *, now: datetime, limit: int) -> int:
        """Move up to ``limit`` events that are due into the outbox, oldest first; return how many."""


class DeliveryStore(Protocol):
    """What consumers need. Each method is a transaction of its own."""

    async def due(self, consumers: Collection[str], *, now: datetime) -> Collection[Slot]:
        """Return the slots in which a head waits whose time has come."""

    async def take(self, slot: Slot, *, now: datetime) -> Delivery | None:
        """Take the first head of a slot that is due, and count the attempt.

        A head has no earlier ordered delivery of the same plugin, tenant, publisher and aggregate, for
        whichever handler: one that waits for a retry or lies dead holds back all later ones. A delivery
        that is not ordered neither waits nor holds back.
        """

    async def done(self, delivery: Delivery) -> Collection[Slot]:
        """Forget a delivery that was handled; return the slots of other handlers that waited for it."""

    async def postpone(self, delivery: Delivery, *, until: datetime, error: str) -> None:
        """Let a delivery and everything behind it wait."""

    async def bury(self, delivery: Delivery, *, at: datetime, error: str) -> None:
        """Give a delivery up; everything behind it waits until it is replayed or dropped."""


class Lease(Protocol):
    """The right to handle one slot's events."""

    @property
    def held(self) -> bool:
        """False when another process has it, or once it was lost."""


class Leases(Protocol):
    """Keeps two processes from handling one aggregate for one consumer at once."""

    def lease(self, slot: Slot) -> AbstractAsyncContextManager[Lease]:
        """Try to lease a slot for the block, without waiting for another holder."""


class InboxEntry(Protocol):
    """The note that one consumer has handled one event."""

    @property
    def handled_before(self) -> bool:
        """Whether an earlier delivery was handled, so that this one had no effect."""

    async def settle(self) -> None:
        """Write the note, unless the handler's own transaction has."""


class Inboxes(Protocol):
    """Makes a repeated delivery have no second effect."""

    def entry(self, delivery: Delivery) -> AbstractContextManager[InboxEntry]:
        """Let the handler's transaction inside the block write the note first, and stop it if it is there."""


class DeadLetters(Protocol):
    """What operators need."""

    async def dead(
        self, *, consumer: str | None = None, event_id: UUID | None = None, limit: int = 100
    ) -> Sequence[DeadLetter]:
        """Return the dead letters, of one consumer or of one event, oldest first."""

    async def replay(self, *, consumer: str, event_id: UUID | None = None) -> int:
        """Give dead letters (one, or all of the consumer) a fresh set of attempts; return how many."""

    async def drop(self, *, consumer: str, event_id: UUID) -> bool:
        """Forget a dead letter for good, so that the events behind it go on; False: there was none."""
