"""A call from plugin to plugin in one process, against awaiting the function itself."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence

from benchmarks import sample
from benchmarks.figures import Figure, extra
from benchmarks.generated_routes import memory_endpoints
from benchmarks.memory_services import MemoryIdentity
from benchmarks.settings import Settings
from oms_core.calls import LocalChannel
from oms_core.context import Context, use
from oms_protos.identity.v1 import GetNodeRequest, IdentityClient

ROUNDS = 15
YIELD = 50

Call = Callable[[GetNodeRequest], Awaitable[object]]


async def run(settings: Settings) -> Sequence[Figure]:
    """Measure both in turn and compare the medians."""
    settings.say("calls: in this process")
    calls = settings.pick(20_000, 4_000)
    client = IdentityClient(LocalChannel(memory_endpoints(), actor="menu", requires=["identity"]))
    service = MemoryIdentity()
    through: list[float] = []
    bare: list[float] = []
    with use(Context(sample.CHAIN, deadline=time.monotonic() + 600)):
        for _ in range(ROUNDS):
            through.append(await _time(client.get_node, calls))
            bare.append(await _time(service.get_node, calls))
    return [
        Figure(
            name="call between plugins in one process",
            unit="µs",
            ours=statistics.median(through),
            baseline=statistics.median(bare),
            budget=extra(at_most=15.0),
        )
    ]


async def _time(call: Call, calls: int) -> float:
    request = GetNodeRequest(node_id=sample.LOCATION)
    started = time.process_time()
    for number in range(calls):
        await call(request)
        if number % YIELD == 0:  # timers that were cancelled are cleared away by the loop
            await asyncio.sleep(0)
    return (time.process_time() - started) / calls * 1e6
