"""The RabbitMQ of this machine, under names of this run's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aio_pika import connect

from oms_core.ids import new_id
from oms_core.messaging import Broker
from oms_core.storage import PARTITIONS

ADDRESS = "amqp://127.0.0.1:5672/"
PLUGIN = "bench"


@asynccontextmanager
async def namespace() -> AsyncIterator[Broker | None]:
    """Give a namespace and clear it afterwards; None when there is no broker."""
    try:
        connection = await connect(ADDRESS, timeout=5)
    except (TimeoutError, OSError):
        yield None
        return
    broker = Broker(ADDRESS, namespace=new_id("bench"))
    async with connection:
        yield broker
        channel = await connection.channel()
        for part in range(PARTITIONS):
            await channel.queue_delete(broker.queue(PLUGIN, part))
        await channel.queue_delete(broker.unrouted)
        for exchange in (broker.events, broker.unrouted):
            await channel.exchange_delete(exchange)
