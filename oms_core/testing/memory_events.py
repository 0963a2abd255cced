"""A store of events in memory: what relay and consumers stand on in simulation.

It passes the behaviour suite of the PostgreSQL store (``tests/messaging``). What is not committed when
its user dies, dies with it; ``forget_sessions`` ends the leases of a process that was killed.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from oms_core.messaging import AlreadyHandled, DeadLetter, Delivery, Envelope, Route, Slot


@dataclass(slots=True)
class _Row:
    """One delivery."""

    route: Route
    envelope: Envelope
    attempts: int = 0
    due_at: datetime | None = None
    dead_at: datetime | None = None
    error: str | None = None

    @property
    def consumer(self) -> str:
        return self.route.consumer

    @property
    def slot(self) -> Slot:
        return Slot(self.consumer, self.envelope.part)

    @property
    def _line(self) -> tuple[str, ...]:
        one = self.envelope
        return (self.consumer.partition(".")[0], one.tenant, one.plugin, one.aggregate_id)

    def precedes(self, other: _Row) -> bool:
        ordered = self.route.ordered and other.route.ordered
        return ordered and self._line == other._line and self.envelope.seq < other.envelope.seq


@dataclass(slots=True)
class MemoryTransaction:
    """What a handler or writer does at once; nothing of it is there before the commit."""

    events: list[Envelope] = field(default_factory=list)
    scheduled: list[tuple[datetime, str, Envelope]] = field(default_factory=list)
    """Instant, key and event; a key that is there already stays as it is."""
    effects: list[str] = field(default_factory=list)


class MemoryTurn:
    """One turn of a relay over a MemoryStore."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self.leased: set[int] = set()
        self.taken: list[Envelope] = []
        self.delivered: list[_Row] = []

    async def lease(self, parts: Sequence[int], *, most: int) -> Sequence[int]:
        """Lease partitions until the turn ends."""
        await asyncio.sleep(0)
        waiting = {envelope.part for envelope in self._store.outbox.values()}
        free = [part for part in parts if part in waiting and part not in self._store.leased_parts][:most]
        self.leased.update(free)
        self._store.leased_parts.update(free)
        return free

    async def take(self, parts: Sequence[int], *, limit: int) -> Sequence[Envelope]:
        """Return the oldest rows; they are gone when the turn commits."""
        await asyncio.sleep(0)
        rows = sorted(self._store.outbox.items())
        self.taken = [envelope for _, envelope in rows if envelope.part in parts][:limit]
        return self.taken

    async def deliver(self, deliveries: Sequence[tuple[Route, Envelope]]) -> None:
        """Put the deliveries when the turn commits."""
        await asyncio.sleep(0)
        self.delivered = [_Row(route, envelope) for route, envelope in deliveries]


class MemoryLease:
    """Whether a slot is leased."""

    def __init__(self, *, held: bool) -> None:
        self.held = held


class MemoryEntry:
    """The note of one consumer and event, written with the transaction inside its block."""

    def __init__(self, store: MemoryStore, delivery: Delivery) -> None:
        self._store = store
        self.key = (delivery.consumer, delivery.event_id)
        self.entered = False
        self.handled_before = False

    def enter(self) -> None:
        """Stop a transaction whose event was handled before."""
        if self.entered:
            raise RuntimeError("a second transaction for one event")
        self.entered = True
        self._refuse()

    def note(self) -> None:
        """Write the note at the commit; another delivery may have been faster."""
        self._refuse()
        self._store.inbox.add(self.key)

    async def settle(self) -> None:
        """Write the note unless a transaction did."""
        if not self.entered:
            self.note()

    def _refuse(self) -> None:
        if self.key in self._store.inbox:
            self.handled_before = True
            raise AlreadyHandled(str(self.key))


_entry: ContextVar[MemoryEntry | None] = ContextVar("oms_memory_entry", default=None)


class MemoryStore:
    """Outbox, deliveries, inbox, leases and effects in one process's memory."""

    def __init__(self) -> None:
        self.outbox: dict[int, Envelope] = {}
        self.rows: dict[tuple[str, UUID], _Row] = {}
        self.scheduled: dict[str, tuple[datetime, Envelope]] = {}
        self.inbox: set[tuple[str, UUID]] = set()
        self.effects: list[str] = []
        self.leased_parts: set[int] = set()
        self.leased_slots: set[Slot] = set()
        self._seq = 0
        self._listeners: list[Callable[[], None]] = []

    def on_events(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` after each commit that had events."""
        self._listeners.append(callback)

    def forget_sessions(self) -> None:
        """End every lease, as PostgreSQL does when a process is killed."""
        self.leased_parts.clear()
        self.leased_slots.clear()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryTransaction]:
        """Commit effects and events at once when the block ends well."""
        entry, transaction = _entry.get(), MemoryTransaction()
        if entry is not None:
            entry.enter()
        yield transaction
        await asyncio.sleep(0)
        if entry is not None:
            entry.note()
        self.effects += transaction.effects
        for due_at, key, envelope in transaction.scheduled:
            self.scheduled.setdefault(key, (due_at, envelope))
        self._put(transaction.events)
        if transaction.events:
            self.wake()

    def wake(self) -> None:
        """Tell the listeners that there are events."""
        for callback in self._listeners:
            callback()

    async def publish_due(self, *, now: datetime, limit: int) -> int:
        """Move scheduled events into the outbox."""
        await asyncio.sleep(0)
        due = sorted((at, key) for key, (at, _) in self.scheduled.items() if at <= now)[:limit]
        self._put([self.scheduled.pop(key)[1] for _, key in due])
        return len(due)

    def _put(self, events: Sequence[Envelope]) -> None:
        for envelope in events:
            self._seq += 1
            self.outbox[self._seq] = dataclasses.replace(envelope, seq=self._seq)

    @asynccontextmanager
    async def relay_turn(self) -> AsyncIterator[MemoryTurn]:
        """Open a turn."""
        turn = MemoryTurn(self)
        try:
            yield turn
            for envelope in turn.taken:
                del self.outbox[envelope.seq]
            for row in turn.delivered:
                self.rows.setdefault((row.consumer, row.envelope.event_id), row)
        finally:
            self.leased_parts -= turn.leased

    @asynccontextmanager
    async def lease(self, slot: Slot) -> AsyncIterator[MemoryLease]:
        """Lease a slot for the block, if it is free."""
        await asyncio.sleep(0)
        held = slot not in self.leased_slots
        self.leased_slots.add(slot)
        try:
            yield MemoryLease(held=held)
        finally:
            if held:
                self.leased_slots.discard(slot)

    @contextmanager
    def entry(self, delivery: Delivery) -> Iterator[MemoryEntry]:
        """Let the transaction inside the block write the note."""
        entry = MemoryEntry(self, delivery)
        token = _entry.set(entry)
        try:
            yield entry
        finally:
            _entry.reset(token)

    async def due(self, consumers: Collection[str], *, now: datetime) -> Collection[Slot]:
        """Return the slots with a head that is due."""
        await asyncio.sleep(0)
        return {row.slot for row in self._heads(now) if row.consumer in consumers}

    async def take(self, slot: Slot, *, now: datetime) -> Delivery | None:
        """Take the first due head of a slot and count the attempt."""
        await asyncio.sleep(0)
        heads = [row for row in self._heads(now) if row.slot == slot]
        if not heads:
            return None
        row = min(heads, key=lambda row: row.envelope.seq)
        interrupted = row.attempts > 0 and row.error is None
        row.attempts += 0 if interrupted else 1
        row.error = None
        names = {one.name for one in dataclasses.fields(Envelope)} & {
            one.name for one in dataclasses.fields(Delivery)
        }
        copied = {name: getattr(row.envelope, name) for name in names}
        return Delivery(consumer=row.consumer, attempts=row.attempts, interrupted=interrupted, **copied)

    async def done(self, delivery: Delivery) -> Collection[Slot]:
        """Forget a delivery."""
        await asyncio.sleep(0)
        row = self.rows.pop((delivery.consumer, delivery.event_id), None)
        if row is None:
            return ()
        waiting = {other.slot for other in self.rows.values() if row.precedes(other)}
        return waiting - {row.slot}

    async def postpone(self, delivery: Delivery, *, until: datetime, error: str) -> None:
        """Let a delivery wait."""
        if row := self.rows.get((delivery.consumer, delivery.event_id)):
            row.due_at, row.error = until, error

    async def bury(self, delivery: Delivery, *, at: datetime, error: str) -> None:
        """Give a delivery up."""
        if row := self.rows.get((delivery.consumer, delivery.event_id)):
            row.dead_at, row.error = at, error

    async def dead(
        self, *, consumer: str | None = None, event_id: UUID | None = None, limit: int = 100
    ) -> Sequence[DeadLetter]:
        """Return the dead letters, oldest first."""
        found = [
            DeadLetter(
                consumer=row.consumer,
                event_id=row.envelope.event_id,
                tenant=row.envelope.tenant,
                type=row.envelope.type,
                aggregate_id=row.envelope.aggregate_id,
                attempts=row.attempts,
                dead_at=row.dead_at,
                error=row.error or "",
                waiting=sum(row.precedes(other) for other in self.rows.values()),
            )
            for row in self.rows.values()
            if row.dead_at is not None
            and consumer in {None, row.consumer}
            and event_id in {None, row.envelope.event_id}
        ]
        return sorted(found, key=lambda letter: letter.dead_at)[:limit]

    async def replay(self, *, consumer: str, event_id: UUID | None = None) -> int:
        """Give dead letters a fresh set of attempts."""
        chosen = [
            row
            for row in self.rows.values()
            if row.dead_at and row.consumer == consumer and event_id in {None, row.envelope.event_id}
        ]
        for row in chosen:
            row.dead_at = row.due_at = None
            row.attempts = 0
        return len(chosen)

    async def drop(self, *, consumer: str, event_id: UUID) -> bool:
        """Forget a dead letter for good."""
        for key, row in list(self.rows.items()):
            if row.dead_at and row.consumer == consumer and row.envelope.event_id == event_id:
                del self.rows[key]
                return True
        return False

    def _heads(self, now: datetime) -> list[_Row]:
        return [
            row
            for row in self.rows.values()
            if row.dead_at is None
            and (row.due_at is None or row.due_at <= now)
            and not any(other.precedes(row) for other in self.rows.values())
        ]
