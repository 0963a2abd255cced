"""The exchanges, queues and bindings that have to be there before an event is published."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange, AbstractQueue

from oms_core.messaging.broker import Broker, routing_key
from oms_core.messaging.subscription import Wanted
from oms_core.storage import PARTITIONS

UNROUTED_KEPT = 100_000
"""Messages that ``oms.unrouted`` keeps, the newest: the event log has them all."""

_WITHOUT_LIMIT = 1_000_000_000
"""RabbitMQ 4 gives a message up after 20 deliveries unless told otherwise; attempts are counted by us."""


async def declare_exchanges(channel: AbstractChannel, broker: Broker) -> AbstractExchange:
    """Declare what a publisher needs; return the exchange of all events."""
    unrouted = await channel.declare_exchange(broker.unrouted, ExchangeType.FANOUT, durable=True)
    events = await channel.declare_exchange(
        broker.events, ExchangeType.TOPIC, durable=True, arguments={"alternate-exchange": broker.unrouted}
    )
    queue = await channel.declare_queue(
        broker.unrouted,
        durable=True,
        arguments={"x-queue-type": "quorum", "x-max-length": UNROUTED_KEPT, "x-overflow": "drop-head"},
    )
    await queue.bind(unrouted)
    return events


async def declare_queues(
    connection: AbstractConnection, broker: Broker, wants: Wanted
) -> Mapping[str, list[AbstractQueue]]:
    """Declare the partitions of each plugin and bind what it wants; return them by plugin.

    The same declarations come from every process that knows the plugin, whether it publishes or consumes:
    an event finds its queue from the first one on.
    """
    channel = await connection.channel(publisher_confirms=False)
    events = await declare_exchanges(channel, broker)
    return {
        plugin: await asyncio.gather(
            *(
                _declare(
                    channel,
                    events,
                    broker.queue(plugin, part),
                    [routing_key(one, part) for one in types],
                    broker.unrouted,
                )
                for part in range(PARTITIONS)
            )
        )
        for plugin, types in sorted(wants.items())
    }


async def _declare(
    channel: AbstractChannel, events: AbstractExchange, name: str, keys: Collection[str], unrouted: str
) -> AbstractQueue:
    queue = await channel.declare_queue(
        name,
        durable=True,
        arguments={
            "x-queue-type": "quorum",
            "x-single-active-consumer": True,
            "x-delivery-limit": _WITHOUT_LIMIT,
            "x-dead-letter-exchange": unrouted,
        },
    )
    for key in sorted(keys):
        await queue.bind(events, key)
    return queue
