"""The SDK against bare httpx: how long importing it takes, and its CPU time for a call."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

import httpx

from benchmarks import sample
from benchmarks.figures import Figure, ratio
from benchmarks.processes import Server, free_port
from benchmarks.routes import token_for
from benchmarks.settings import Settings
from oms_sdk import OMS

_IMPORT = "import time; began = time.perf_counter(); import {}; print(time.perf_counter() - began)"
_WARM_UP = 100


async def run(settings: Settings) -> Sequence[Figure]:
    """Measure ours and the baseline in turns and compare the medians."""
    keys = settings.work / "route_keys"
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.generated_routes", str(port), str(keys)]
    server = Server(
        command, port=port, ready_path="/v1/orders", ready_status=None, log=settings.work / "sdk.log"
    )
    figures = [_imports(settings)]
    async with server:
        # In a thread of its own: what is measured blocks.
        figures.append(await asyncio.to_thread(_calls, settings, server.url, token_for(keys)))
    return figures


def _imports(settings: Settings) -> Figure:
    settings.say("sdk: import")
    spent: dict[str, list[float]] = {"oms_sdk": [], "httpx": []}
    for number in range(settings.pick(15, 5) + 1):
        for module in sorted(spent, reverse=number % 2 == 0):
            seconds = _import_seconds(module)
            if number:  # the first one fills the disk's cache
                spent[module].append(seconds)
    return Figure(
        name="import oms_sdk ÷ import httpx",
        unit="ms",
        ours=statistics.median(spent["oms_sdk"]) * 1e3,
        baseline=statistics.median(spent["httpx"]) * 1e3,
        budget=ratio(at_most=1.5),
    )


def _import_seconds(module: str) -> float:
    command = [sys.executable, "-c", _IMPORT.format(module)]
    return float(subprocess.run(command, capture_output=True, check=True).stdout)


def _calls(settings: Settings, url: str, token: str) -> Figure:
    settings.say("sdk: calls")
    headers = {"Authorization": f"Bearer {token}"}
    with OMS(base_url=url, token=token) as oms, httpx.Client(base_url=url, headers=headers) as http:

        def ours() -> object:
            return oms.orders.get(sample.ORDER)

        def bare() -> object:
            return http.get(f"/v1/orders/{sample.ORDER}").raise_for_status().json()

        spent: dict[Callable[[], object], list[float]] = {ours: [], bare: []}
        count = settings.pick(400, 100)
        for call in spent:
            _cpu(call, _WARM_UP)
        for number in range(settings.pick(11, 5)):
            for call in (ours, bare) if number % 2 else (bare, ours):
                spent[call].append(_cpu(call, count))
    return Figure(
        name="SDK ÷ httpx and json, GET of a 10-line order",
        unit="µs CPU a call",
        ours=statistics.median(spent[ours]),
        baseline=statistics.median(spent[bare]),
        budget=ratio(at_most=1.3),
    )


def _cpu(call: Callable[[], object], count: int) -> float:
    """Return the CPU time of this thread for each call, in µs."""
    began = time.thread_time()
    for _ in range(count):
        call()
    return (time.thread_time() - began) / count * 1e6
