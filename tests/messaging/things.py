"""A made-up event, and two worlds in which it travels: PostgreSQL and memory."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol, Self

from oms_core.clock import FixedClock
from oms_core.context import Context, use
from oms_core.ids import uuid7
from oms_core.messaging import (
    Delivery,
    Envelope,
    Handling,
    Link,
    PostgresDeadLetters,
    PostgresDeliveries,
    PostgresInboxes,
    PostgresOutbox,
    PostgresTransport,
    Relay,
    RetryPolicy,
    Route,
    Subscription,
    Transport,
    routes,
)
from oms_core.messaging.subscription import Routes
from oms_core.storage import Database, Storage
from oms_core.storage.connection import connect
from oms_core.storage.outbox import partition
from oms_core.testing.memory_events import MemoryStore
from oms_wire.event import EventType

NOON = datetime(2031, 5, 6, 12, 0, tzinfo=UTC)
TENANT = "chn_a"
PLUGIN = "pong"


@dataclass
class Counted:
    """A thing was counted up to ``number``."""

    EVENT: ClassVar[EventType] = EventType("ping.counted", 1, "thing_id")

    thing_id: str = ""
    number: int = 0

    def __bytes__(self) -> bytes:
        return json.dumps([self.thing_id, self.number]).encode()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        thing_id, number = json.loads(data)
        return cls(thing_id, number)


@dataclass
class Garbled(Counted):
    """The same event as a broken writer would encode it."""

    def __bytes__(self) -> bytes:
        return b"\xff\xfe"


class World(Protocol):
    """A store of events and the effects of their handlers."""

    outbox: Any
    deliveries: Any
    inboxes: Any
    letters: Any

    async def publish(self, *events: Counted, tenant: str = TENANT) -> None:
        """Commit the events in one transaction."""

    async def effect(self, text: str) -> None:
        """What a handler does: one transaction with one effect."""

    async def effects(self) -> list[str]:
        """Return all effects in the sequence of their commits."""

    async def left(self) -> tuple[int, int]:
        """Return how many rows are in the outbox and among the deliveries."""

    async def again(self, consumer: str, event: Counted) -> None:
        """Put a second delivery of an event that the consumer has had, as a broker may do."""

    def transport(self, routes: Routes) -> Transport:
        """Return what carries events here."""

    async def arrived(self) -> None:
        """Wait until every published event is among the deliveries."""


class MemoryWorld:
    def __init__(self) -> None:
        self.store = MemoryStore()
        self.outbox = self.deliveries = self.inboxes = self.letters = self.store
        self._seen: list[Envelope] = []

    async def publish(self, *events: Counted, tenant: str = TENANT) -> None:
        async with self.store.transaction() as tx:
            for event in events:
                envelope = Envelope(
                    seq=0,
                    event_id=uuid7(),
                    tenant=tenant,
                    plugin="ping",
                    type=event.EVENT.name,
                    schema_version=1,
                    aggregate_id=event.thing_id,
                    aggregate_version=event.number,
                    part=partition(event.thing_id),
                    payload=bytes(event),
                    created_at=NOON,
                )
                self._seen.append(envelope)
                tx.events.append(envelope)

    async def effect(self, text: str) -> None:
        async with self.store.transaction() as tx:
            tx.effects.append(text)

    async def effects(self) -> list[str]:
        return list(self.store.effects)

    async def left(self) -> tuple[int, int]:
        return len(self.store.outbox), len(self.store.rows)

    async def again(self, consumer: str, event: Counted) -> None:
        envelope = next(one for one in self._seen if one.payload == bytes(event))
        async with self.outbox.relay_turn() as turn:
            await turn.deliver([(Route(consumer), envelope)])

    def transport(self, routes: Routes) -> Transport:
        return PostgresTransport(routes)

    async def arrived(self) -> None:
        pass


class PostgresWorld:
    def __init__(self, database: Database, dsn: str, link: Link) -> None:
        self.database = database
        self._dsn = dsn
        self.outbox = PostgresOutbox(database)
        self.deliveries = PostgresDeliveries(database, link)
        self.inboxes = PostgresInboxes(database)
        self.letters = PostgresDeadLetters(database)
        self._ping: Storage = database.storage("ping")
        self._pong: Storage = database.storage(PLUGIN)

    async def publish(self, *events: Counted, tenant: str = TENANT) -> None:
        with use(Context(tenant, trace="trc_published")):
            async with self._ping.transaction() as tx:
                for event in events:
                    tx.emit(event, version=event.number)

    async def effect(self, text: str) -> None:
        async with self._pong.transaction() as tx:
            await tx.execute("insert into pong.effect (text) values ($1)", text)

    async def effects(self) -> list[str]:
        async with self._pong.transaction(tenant=TENANT) as tx:
            return [row["text"] for row in await tx.fetch("select text from pong.effect order by n")]

    async def left(self) -> tuple[int, int]:
        async with self.database.relay() as connection:
            row = await connection.fetchrow(
                "select (select count(*) from oms.outbox), (select count(*) from oms.delivery)"
            )
        assert row is not None
        return row[0], row[1]

    async def again(self, consumer: str, event: Counted) -> None:
        administrator = await connect(self._dsn)
        row = await administrator.fetchrow(
            "select seq, event_id, tenant, plugin, type, schema_version, aggregate_id, aggregate_version,"
            " payload, created_at from oms.event_log where payload = $1",
            bytes(event),
        )
        await administrator.close()
        envelope = Envelope(part=partition(event.thing_id), **dict(row))
        async with self.outbox.relay_turn() as turn:
            await turn.deliver([(Route(consumer), envelope)])

    def transport(self, routes: Routes) -> Transport:
        return PostgresTransport(routes)

    async def arrived(self) -> None:
        pass


Handler = Callable[[Counted], Awaitable[None]]


def subscription(handler: Handler, name: str = "note", *, ordered: bool = True) -> Subscription:
    return Subscription(f"{PLUGIN}.{name}", Counted, handler, ordered)


class Bench:
    """Relay and consumers without tasks and without time: everything happens when it is told to."""

    def __init__(self, world: World, *subscriptions: Subscription, policy: RetryPolicy | None = None) -> None:
        self.world = world
        self.clock = FixedClock(NOON)
        self.subscriptions = subscriptions
        self.policy = policy or RetryPolicy(chance=lambda: 0.0)

    def relay(self) -> Relay:
        return Relay(self.world.outbox, self.world.transport(routes(self.subscriptions)))

    async def relay_all(self) -> None:
        """Relay until the outbox is empty and every delivery is there."""
        while await self.relay().relay_once():
            pass
        await self.world.arrived()

    def handling(self, inboxes: Any = None) -> Handling:
        return Handling(
            self.subscriptions,
            self.world.deliveries,
            inboxes or self.world.inboxes,
            clock=self.clock,
            policy=self.policy,
        )

    async def take(self) -> Delivery | None:
        handling = self.handling()
        for slot in sorted(await self.world.deliveries.due(handling.consumers, now=self.clock.now())):
            if delivery := await self.world.deliveries.take(slot, now=self.clock.now()):
                return delivery
        return None

    async def run(self, inboxes: Any = None) -> None:
        """Relay and handle everything that can be at this moment of the clock."""
        await self.relay_all()
        handling = self.handling(inboxes)
        while delivery := await self.take():
            await handling.handle(delivery)

    async def run_on(self, **passed: float) -> None:
        """Let time pass, then run."""
        self.clock.set(self.clock.now() + timedelta(**passed))
        await self.run()
