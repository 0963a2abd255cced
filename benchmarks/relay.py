"""The relay to RabbitMQ with confirms, against bare aio-pika: batches of one size, the same queues."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from aio_pika import DeliveryMode, Message, connect

from benchmarks.broker import PLUGIN, namespace
from benchmarks.figures import Figure, ratio
from benchmarks.settings import Settings
from benchmarks.stage import database_server
from oms_core.ids import new_id
from oms_core.messaging import Broker, PostgresOutbox, Relay
from oms_core.messaging.broker import routing_key
from oms_core.messaging.rabbit import RabbitTransport
from oms_core.storage import PARTITIONS, Database, PluginTables, migrate
from oms_protos.orders.v1 import OrderReady

BATCH = 200
ROUNDS = 5


async def run(settings: Settings) -> Sequence[Figure]:
    """Publish the same number of events of the same size both ways, in turn."""
    count = settings.pick(10_000, 2_000)
    async with namespace() as broker, database_server(settings.work / "relay") as server:
        if broker is None:
            settings.say("relay: no RabbitMQ on 127.0.0.1:5672; left out")
            return []
        await migrate(server.dsn, [PluginTables(PLUGIN, (), None)])
        database = await Database.open(server.dsn, plugins=[PLUGIN])
        try:
            ours, bare = await _compare(database, broker, count, settings)
        finally:
            await database.close()
        return [
            Figure(
                name="relay to RabbitMQ / aio-pika in batches",
                unit="events/s",
                ours=ours,
                baseline=bare,
                budget=ratio(at_least=0.8),
            )
        ]


async def _compare(database: Database, broker: Broker, count: int, settings: Settings) -> tuple[float, float]:
    """Return events a second of the relay and of the bare publisher, each its best round."""
    ready = asyncio.Event()
    transport = RabbitTransport(broker, {PLUGIN: [OrderReady.EVENT.name]}, on_open=ready.set)
    transport.start()
    try:
        await ready.wait()
        ours = bare = 0.0
        for number in range(1, ROUNDS + 1):
            settings.say(f"relay: round {number} of {ROUNDS}")
            await _fill(database, count)
            relay = Relay(PostgresOutbox(database), transport, batch=BATCH)
            began = time.perf_counter()
            while await relay.relay_once():
                pass
            ours = max(ours, count / (time.perf_counter() - began))
            await _purge(broker)
            bare = max(bare, await _bare(broker, count))
            await _purge(broker)
        return ours, bare
    finally:
        await transport.stop()


async def _fill(database: Database, count: int) -> None:
    storage = database.storage(PLUGIN)
    for _ in range(0, count, BATCH):
        async with storage.transaction(tenant="chn_bench") as tx:
            for _ in range(BATCH):
                tx.emit(OrderReady(order_id=new_id("ord"), location_id="loc_bench"), version=1)


async def _bare(broker: Broker, count: int) -> float:
    connection = await connect(broker.address)
    async with connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        exchange = await channel.get_exchange(broker.events, ensure=False)
        body = bytes(OrderReady(order_id=new_id("ord"), location_id="loc_bench"))
        began = time.perf_counter()
        for _ in range(0, count, BATCH):
            await asyncio.gather(
                *(
                    exchange.publish(
                        Message(
                            body,
                            headers={f"attribute_{n}": "a value of some length" for n in range(11)},
                            message_id=new_id("msg"),
                            delivery_mode=DeliveryMode.PERSISTENT,
                        ),
                        routing_key(OrderReady.EVENT.name, place % PARTITIONS),
                        timeout=10,
                    )
                    for place in range(BATCH)
                )
            )
        return count / (time.perf_counter() - began)


async def _purge(broker: Broker) -> None:
    connection = await connect(broker.address)
    async with connection:
        channel = await connection.channel()
        for part in range(PARTITIONS):
            queue = await channel.get_queue(broker.queue(PLUGIN, part), ensure=False)
            await queue.purge()
