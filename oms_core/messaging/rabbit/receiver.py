"""From the broker into the deliveries of this database; acknowledged once they are there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection

from aio_pika.abc import AbstractConnection, AbstractIncomingMessage

from oms_core.messaging.broker import Broker
from oms_core.messaging.envelope import Envelope, Slot
from oms_core.messaging.rabbit.connection import BrokerConnection, BrokerUnavailable
from oms_core.messaging.rabbit.message import NotAnEvent, from_message
from oms_core.messaging.rabbit.topology import declare_queues
from oms_core.messaging.store import OutboxStore
from oms_core.messaging.subscription import Routes, wanted
from oms_core.messaging.transport import fan_out
from oms_core.steps import step

logger = logging.getLogger("oms.events")

PREFETCH = 50
"""Messages of one partition that may be here and not yet stored."""
_BATCH = 200

Arrivals = asyncio.Queue[AbstractIncomingMessage | None]


class RabbitReceiver:
    """Consumes the partitions of the plugins of this process.

    RabbitMQ gives a partition to one consumer at a time, so its events are stored in turn. A message that
    is no event is rejected, by which the broker puts it to the unrouted ones.
    """

    def __init__(
        self,
        broker: Broker,
        store: OutboxStore,
        routes: Routes,
        *,
        on_received: Callable[[Collection[Slot]], None],
    ) -> None:
        self._broker = broker
        self._store = store
        self._routes = routes
        self._on_received = on_received
        self._connection = BrokerConnection(broker, "consumer", self._serve)

    @property
    def trouble(self) -> str:
        """Why nothing can be received; empty when it can."""
        return self._connection.trouble

    def start(self) -> None:
        """Connect in the background and consume."""
        self._connection.start()

    async def stop(self) -> None:
        """Stop consuming; what was not stored goes back to the broker."""
        await self._connection.stop()

    async def _serve(self, connection: AbstractConnection) -> None:
        arrivals: Arrivals = asyncio.Queue()
        await self._consume(connection, arrivals)
        self._connection.well()
        logger.info("broker %s: consuming", self._broker.shown)
        while True:
            await self._store_batch(await _next_batch(arrivals))

    async def _consume(self, connection: AbstractConnection, arrivals: Arrivals) -> None:
        queues = await declare_queues(connection, self._broker, wanted(self._routes))
        channel = await connection.channel(publisher_confirms=False)
        await channel.set_qos(prefetch_count=PREFETCH)

        # A queue that is deleted, or a channel that the broker closes, ends the consuming without an error.
        async def ended(*_: object) -> None:
            arrivals.put_nowait(None)

        channel.close_callbacks.add(ended)
        underlay = await channel.get_underlay_channel()
        underlay.on_consumer_cancel_callbacks.add(ended)
        for partitions in queues.values():
            for declared in partitions:
                queue = await channel.get_queue(declared.name, ensure=False)
                await queue.consume(arrivals.put)

    async def _store_batch(self, messages: list[AbstractIncomingMessage]) -> None:
        read = [(message, event) for message in messages if (event := await _read(message)) is not None]
        if not read:
            return
        step("broker.received")
        async with self._store.relay_turn() as turn:
            slots = await fan_out(turn, [event for _, event in read], self._routes)
        step("broker.stored")
        # One word for all: tags count up on a channel, and those before are acknowledged or rejected.
        await read[-1][0].ack(multiple=True)
        if slots:
            self._on_received(slots)


async def _next_batch(arrivals: Arrivals) -> list[AbstractIncomingMessage]:
    """Wait for a message and return it with those behind it; raises BrokerUnavailable at the end of them."""
    batch = []
    message = await arrivals.get()
    while message is not None:
        batch.append(message)
        if len(batch) == _BATCH or arrivals.empty():
            return batch
        message = arrivals.get_nowait()
    raise BrokerUnavailable("a queue or its channel was closed by the broker")


async def _read(message: AbstractIncomingMessage) -> Envelope | None:
    try:
        return from_message(message)
    except NotAnEvent as error:
        logger.error("broker: message %s is no event of a relay: %s", message.message_id, error)
        await message.reject(requeue=False)
        return None
