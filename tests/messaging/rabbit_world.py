"""The world in which events travel over RabbitMQ, from a database back into the same one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from oms_core.messaging import Broker, Envelope, Link, PostgresOutbox, Route, Slot
from oms_core.messaging.rabbit import RabbitReceiver, RabbitTransport
from oms_core.messaging.store import RelayTurn
from oms_core.messaging.subscription import Routes, wanted
from oms_core.storage import Database
from tests.messaging.things import PostgresWorld


class RabbitWorld(PostgresWorld):
    """Counts what was confirmed and what was stored, so that a test can wait for the rest."""

    def __init__(self, database: Database, dsn: str, link: Link, broker: Broker) -> None:
        super().__init__(database, dsn, link)
        self._broker = broker
        self._routes: Routes = {}
        self._transport: RabbitTransport | None = None
        self._receiver: RabbitReceiver | None = None
        self._changed = asyncio.Event()
        self.confirmed: Counter[UUID] = Counter()
        self.stored: Counter[UUID] = Counter()

    def transport(self, routes: Routes) -> RabbitWorld:
        self._routes = routes
        if self._transport is None:
            self._transport = RabbitTransport(self._broker, wanted(routes), on_open=self._changed.set)
            self._transport.start()
            self._receiver = RabbitReceiver(
                self._broker, _Counting(self), routes, on_received=lambda _: self._changed.set()
            )
            self._receiver.start()
        return self

    async def publish(self, *arguments: Any, **options: Any) -> Any:
        """Publish for a writer, or as the transport of a relay."""
        if arguments and hasattr(arguments[0], "lease"):
            return await self._carry(*arguments)
        return await super().publish(*arguments, **options)

    async def _carry(self, turn: RelayTurn, envelopes: Sequence[Envelope]) -> Collection[Slot]:
        assert self._transport is not None
        await self._until(lambda: self._transport is not None and not self._transport.trouble)
        slots = await self._transport.publish(turn, envelopes)
        self.confirmed.update(one.event_id for one in envelopes if one.type in self._routes)
        return slots

    async def arrived(self) -> None:
        await self._until(lambda: self.stored >= self.confirmed)

    async def _until(self, condition: Any) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def stop(self) -> None:
        if self._transport is not None and self._receiver is not None:
            await self._transport.stop()
            await self._receiver.stop()


class _Counting:
    """The store of a receiver, with a note of each event once it is committed."""

    def __init__(self, world: RabbitWorld) -> None:
        self._world = world
        self._outbox = PostgresOutbox(world.database)

    @asynccontextmanager
    async def relay_turn(self) -> AsyncIterator[Any]:
        seen: Counter[UUID] = Counter()

        class Turn:
            async def deliver(self, deliveries: Sequence[tuple[Route, Envelope]]) -> None:
                first = {envelope.type: route for route, envelope in reversed(deliveries)}
                seen.update(one.event_id for route, one in deliveries if route == first[one.type])
                await turn.deliver(deliveries)

        async with self._outbox.relay_turn() as turn:
            yield Turn()
        self._world.stored.update(seen)
