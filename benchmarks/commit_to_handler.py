"""From COMMIT to the first line of the handler, on an idle system, one event at a time."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from benchmarks.figures import Figure, absolute
from benchmarks.settings import Settings
from benchmarks.stage import database_server
from oms_core.ids import new_id
from oms_core.messaging import Messaging, Subscription
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
        for where, shared in (("the same process", True), ("another process", False)):
            settings.say(f"events: the handler in {where}")
            times = await _measure(server.dsn, count, shared=shared)
            quantiles = statistics.quantiles(times, n=100)
            name = f"commit → handler in {where}"
            figures.append(Figure(name=f"{name}, p50", unit="ms", ours=quantiles[49], budget=BUDGET))
            figures.append(Figure(name=f"{name}, p99", unit="ms", ours=quantiles[98]))
        return figures


async def _measure(dsn: str, count: int, *, shared: bool) -> list[float]:
    """Return the milliseconds that each of ``count`` events took."""
    arrivals: asyncio.Queue[float] = asyncio.Queue()

    async def handler(_: OrderReady) -> None:
        arrivals.put_nowait(time.perf_counter())

    subscription = Subscription(f"{PLUGIN}.listen", OrderReady, handler)
    times = []
    async with _running(dsn, subscription, shared=shared) as storage:
        for _ in range(count):
            # Idle means idle: neither the relay nor a consumer is still busy with the event before.
            await asyncio.sleep(random.uniform(0.03, 0.08))
            async with storage.transaction(tenant="chn_bench") as tx:
                tx.emit(OrderReady(order_id=new_id("ord"), location_id="loc_bench"), version=1)
            committed = time.perf_counter()
            times.append((await asyncio.wait_for(arrivals.get(), 10) - committed) * 1000)
    return times


@asynccontextmanager
async def _running(dsn: str, subscription: Subscription, *, shared: bool) -> AsyncIterator[Storage]:
    """Give the emitting side's storage while events are moved, to here or over other connections."""
    async with AsyncExitStack() as stack:
        emitting = await Database.open(dsn, plugins=[PLUGIN])
        stack.push_async_callback(emitting.close)
        if shared:
            await _start(stack, Messaging(emitting, dsn, [subscription]))
        else:
            handling = await Database.open(dsn, plugins=[PLUGIN])
            stack.push_async_callback(handling.close)
            await _start(stack, Messaging(handling, dsn, [subscription], relays=False))
            await _start(stack, Messaging(emitting, dsn, [subscription], here=()))
        yield emitting.storage(PLUGIN)


async def _start(stack: AsyncExitStack, messaging: Messaging) -> None:
    await messaging.start()
    stack.push_async_callback(messaging.drain)
