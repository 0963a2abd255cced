"""Two databases and a broker between them, under one seed: who runs when, who dies where, what fails."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from oms_core.clock import FixedClock
from oms_core.ids import derived
from oms_core.messaging import Envelope, Handling, Relay, RetryPolicy, Scheduler, Subscription, routes
from oms_core.storage.outbox import partition
from oms_core.testing.memory_events import MemoryStore, MemoryTurn
from tests.messaging.things import NOON, TENANT, Counted
from tests.simulation.broker import SimulatedBroker
from tests.simulation.fragile import Crash, Fragile

POISON = 9
"""The number of an event that no handler can take."""


class Careless:
    """No inbox: the control by which the simulation shows that it sees a second effect."""

    handled_before = False

    @contextmanager
    def entry(self, _: object):  # type: ignore[no-untyped-def]
        yield self

    async def settle(self) -> None:
        pass


class SkippingTurn(MemoryTurn):
    """Takes the oldest rows that no other relay has locked, with no lease on their partition."""

    async def lease(self, parts: Sequence[int], *, most: int) -> Sequence[int]:
        return parts if self._store.outbox else []

    async def take(self, parts: Sequence[int], *, limit: int) -> Sequence[Envelope]:
        store = self._store
        assert isinstance(store, SkipLocked)
        self.taken = [one for seq, one in sorted(store.outbox.items()) if seq not in store.locked][:limit]
        store.locked |= {one.seq for one in self.taken}
        await asyncio.sleep(0)
        return self.taken


class SkipLocked(MemoryStore):
    """``for update skip locked`` and nothing else: the control by which it shows that it sees inversions."""

    def __init__(self) -> None:
        super().__init__()
        self.locked: set[int] = set()

    @asynccontextmanager
    async def relay_turn(self) -> AsyncIterator[MemoryTurn]:
        turn = SkippingTurn(self)
        try:
            yield turn
            for envelope in turn.taken:
                del self.outbox[envelope.seq]
        finally:
            self.locked -= {one.seq for one in turn.taken}


@dataclass
class Faults:
    """What is taken away, for the controls."""

    inbox: bool = True
    outbox: bool = True
    confirms: bool = True
    leases: bool = True


@dataclass
class System:
    """A publisher's store, a listener's store, and what moves events from one into the other."""

    seed: int
    faults: Faults = field(default_factory=Faults)
    aggregates: int = 3
    each: int = 4

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.clock = FixedClock(NOON)
        self.here = MemoryStore() if self.faults.leases else SkipLocked()
        self.there = MemoryStore()
        self.broker = SimulatedBroker(self.chance, mute=not self.faults.confirms)
        self.death, self.failure = 0.02, 0.1
        self.published: dict[str, list[int]] = {}
        self.later: set[str] = set()
        """What was scheduled: aggregates of one event each."""
        self.poisoned = {"t0"} if self.chance.random() < 0.3 else set()
        self.subscriptions = [
            Subscription("pong.note", Counted, self._handler("note")),
            Subscription("pong.look", Counted, self._handler("look"), ordered=False),
        ]
        self.routes = routes(self.subscriptions)
        self.relays = [Relay(self.here, self.broker, batch=3, most=4) for _ in range(2)]
        policy = RetryPolicy(immediate=2, later=(5.0, 60.0), chance=lambda: 0.0)
        inboxes: Any = self.there if self.faults.inbox else Careless()
        self.handlings = [
            Handling(self.subscriptions, self.there, inboxes, clock=self.clock, policy=policy)
            for _ in range(2)
        ]
        self.scheduler = Scheduler(self.here, clock=self.clock, on_published=lambda: None)

    def _handler(self, name: str) -> Callable[[Counted], Awaitable[None]]:
        async def handle(event: Counted) -> None:
            if event.number == POISON or self.chance.random() < self.failure:
                raise ValueError("not today")
            async with self.there.transaction() as tx:
                tx.effects.append(f"{name} {event.thing_id} {event.number}")

        return handle

    async def _publish(self, thing: str, number: int) -> None:
        event = Counted(thing, number)
        envelope = Envelope(
            seq=0,
            event_id=derived(UUID(int=self.seed), f"{thing}.{number}"),
            tenant=TENANT,
            plugin="ping",
            type=event.EVENT.name,
            schema_version=1,
            aggregate_id=thing,
            aggregate_version=number,
            part=partition(thing),
            payload=bytes(event),
            created_at=NOON,
        )
        stored = self.published.setdefault(thing, [])
        if not self.faults.outbox:
            stored.append(number)  # the change is committed, and its event is sent afterwards
            await self.broker.publish(None, [envelope])  # type: ignore[arg-type]
            return
        later = _alone(envelope) if self.chance.random() < 0.2 else None
        async with self.here.transaction() as tx:
            if later is not None:
                tx.scheduled.append((self.clock.now(), f"{thing}.{number}", later))
            tx.events.append(envelope)
        stored.append(number)
        if later is not None:
            self.later.add(later.aggregate_id)

    async def relay(self, relay: Relay) -> None:
        while True:
            with suppress(ConnectionError):
                await relay.relay_once()
            await asyncio.sleep(0)

    async def receive(self) -> None:
        while True:
            await self.broker.receive(self.there, self.routes)
            await asyncio.sleep(0)

    async def schedule(self) -> None:
        while True:
            await self.scheduler.publish_due()
            await asyncio.sleep(0)

    async def consume(self, handling: Handling) -> None:
        while True:
            slots = sorted(await self.there.due(handling.consumers, now=self.clock.now()))
            self.chance.shuffle(slots)
            for slot in slots:
                async with self.there.lease(slot) as lease:
                    if lease.held and (delivery := await self.there.take(slot, now=self.clock.now())):
                        await handling.handle(delivery)
            await asyncio.sleep(0)

    async def forever(self, work: Callable[[], Any]) -> None:
        """Run a part, again and again, however often it dies."""
        while True:
            try:
                await Fragile(work(), self.chance, death=self.death)
            except Crash:
                continue

    def parts(self) -> Sequence[Callable[[], Any]]:
        return [
            *(lambda relay=relay: self.relay(relay) for relay in self.relays),
            *(lambda handling=handling: self.consume(handling) for handling in self.handlings),
            self.receive,
            self.schedule,
        ]

    async def run(self) -> None:
        """Write while everything fails; then let it come to rest."""
        tasks = [asyncio.create_task(self.forever(part)) for part in self.parts()]
        try:
            await self._until_written()
            self.death = self.failure = self.broker.trouble = 0.0
            for _ in range(600):
                for _ in range(12):
                    await asyncio.sleep(0)
                if self.is_at_rest:
                    break
                self.clock.set(self.clock.now() + timedelta(seconds=20))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _until_written(self) -> None:
        for number in range(1, self.each + 1):
            for n in range(self.aggregates):
                await self._certainly(f"t{n}", number)
            if self.poisoned and number == 2:
                await self._certainly("t0", POISON)
            self.clock.set(self.clock.now() + timedelta(seconds=self.chance.choice([0, 1, 10])))

    async def _certainly(self, thing: str, number: int) -> None:
        while number not in self.published.get(thing, []):
            try:
                await Fragile(self._publish(thing, number), self.chance, death=self.death)
            except (Crash, ConnectionError):
                continue

    @property
    def is_at_rest(self) -> bool:
        waiting = [row for row in self.there.rows.values() if row.dead_at is None and not self._behind(row)]
        return not (self.here.outbox or self.here.scheduled or waiting) and self.broker.is_empty

    def _behind(self, row: Any) -> bool:
        return any(other.dead_at and other.precedes(row) for other in self.there.rows.values())

    def wrong(self) -> list[str]:
        """Return every promise that was not kept."""
        effects = [text.split() for text in self.there.effects]
        found = []
        for thing, numbers in self.published.items():
            for name in ("note", "look"):
                had = [int(number) for who, what, number in effects if (who, what) == (name, thing)]
                want = [number for number in numbers if number != POISON]
                if name == "note" and POISON in numbers:
                    want = want[: numbers.index(POISON)]  # what is behind the dead one waits
                if sorted(had) != sorted(want) or (name == "note" and had != want):
                    found.append(f"{name} of {thing}: {had} instead of {want}")
        for thing in self.later:
            had_it = [what for _, what, _ in effects].count(thing)
            if had_it != len(self.subscriptions):
                found.append(f"{thing}, which was scheduled: {had_it} effects instead of one a handler")
        dead = {(row.consumer, row.envelope.aggregate_id) for row in self.there.rows.values() if row.dead_at}
        expected = {(one.consumer, thing) for one in self.subscriptions for thing in self.poisoned}
        if dead != expected:
            found.append(f"dead letters {sorted(dead)} instead of {sorted(expected)}")
        if not self.is_at_rest:
            found.append(
                f"not at rest: {len(self.here.outbox)} in the outbox, {len(self.there.rows)} deliveries"
            )
        return found


def _alone(envelope: Envelope) -> Envelope:
    thing = f"{envelope.aggregate_id}-{envelope.aggregate_version}-later"
    return replace(
        envelope,
        event_id=derived(envelope.event_id, "later"),
        aggregate_id=thing,
        payload=bytes(Counted(thing, 1)),
        part=partition(thing),
    )
