"""From COMMIT to the first line of the handler, on an idle system, one event at a time."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from benchmarks.broker import namespace
from benchmarks.figures import Figure, absolute
from benchmarks.settings import Settings
from benchmarks.stage import database_server
from oms_core.ids import new_id
from oms_core.messaging import Broker, Messaging, Subscription
from oms_core.storage import Database, PluginTables, Storage, migrate
from oms_protos.orders.v1 import OrderReady

PLUGIN = "bench"
BUDGET = absolute(at_most=10.0)


async def run(settings: Settings) -> Sequence[Figure]:
    """Measure with the handler in the emitting process, and in another one's place."""
    count = settings.pick(300, 60)
    async with database_server(settings.work / "events") as server:
        await migrate(server.dsn, [PluginTables(PLUGIN, (), None)])
        figures = []
        async with namespace() as broker:
            places = (
                ("the same process", True, None),
                ("another process", False, None),
                ("another process over RabbitMQ", False, broker),
            )
            for where, shared, via in places:
                if where.endswith("RabbitMQ") and via is None:
                    settings.say("events: no RabbitMQ on 127.0.0.1:5672; its figures are left out")
                    continue
                settings.say(f"events: the handler in {where}")
                times = await _measure(server.dsn, count, shared=shared, broker=via)
                figures += _figures(where, times)
        return figures


def _figures(where: str, times: list[float]) -> list[Figure]:
    quantiles = statistics.quantiles(times, n=100)
    name = f"commit → handler in {where}"
    return [
        Figure(name=f"{name}, p50", unit="ms", ours=quantiles[49], budget=BUDGET),
        Figure(name=f"{name}, p99", unit="ms", ours=quantiles[98]),
    ]


async def _measure(dsn: str, count: int, *, shared: bool, broker: Broker | None) -> list[float]:
    """Return the milliseconds that each of ``count`` events took."""
    arrivals: asyncio.Queue[float] = asyncio.Queue()

    async def handler(_: OrderReady) -> None:
        arrivals.put_nowait(time.perf_counter())

    subscription = Subscription(f"{PLUGIN}.listen", OrderReady, handler)
    times = []
    async with _running(dsn, subscription, shared=shared, broker=broker) as storage:
        for _ in range(count):
            # Idle means idle: neither the relay nor a consumer is still busy with the event before.
            await asyncio.sleep(random.uniform(0.03, 0.08))
            async with storage.transaction(tenant="chn_bench") as tx:
                tx.emit(OrderReady(order_id=new_id("ord"), location_id="loc_bench"), version=1)
            committed = time.perf_counter()
            times.append((await asyncio.wait_for(arrivals.get(), 10) - committed) * 1000)
    return times


@asynccontextmanager
async def _running(
    dsn: str, subscription: Subscription, *, shared: bool, broker: Broker | None
) -> AsyncIterator[Storage]:
    """Give the emitting side's storage while events are moved, to here or over other connections."""
    async with AsyncExitStack() as stack:
        emitting = await Database.open(dsn, plugins=[PLUGIN])
        stack.push_async_callback(emitting.close)
        if shared:
            await _start(stack, Messaging(emitting, dsn, [subscription]))
        else:
            handling = await Database.open(dsn, plugins=[PLUGIN])
            stack.push_async_callback(handling.close)
            await _start(stack, Messaging(handling, dsn, [subscription], relays=False, broker=broker))
            await _start(stack, Messaging(emitting, dsn, [subscription], here=(), broker=broker))
        yield emitting.storage(PLUGIN)


async def _start(stack: AsyncExitStack, messaging: Messaging) -> None:
    await messaging.start()
    stack.push_async_callback(messaging.drain)
