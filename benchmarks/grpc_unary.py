"""Unary gRPC calls a second with generated messages ÷ the same with google's own, on the same library."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks.figures import Figure, ratio
from benchmarks.grpc_load import Plan, generate
from benchmarks.processes import Server, free_port
from benchmarks.routes import token_for
from benchmarks.settings import Settings

AT_ONCE = 32
LEAST = {True: 0.9, False: 0.65}
"""Budget of the small call, and of the order."""


async def run(settings: Settings) -> Sequence[Figure]:
    """Measure both in turn, several rounds; client and server each have a codec."""
    keys = settings.work / "grpc_keys"
    token = token_for(keys)
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(_server("benchmarks.generated_grpc", keys, settings.work))
        theirs = await stack.enter_async_context(
            _server("benchmarks.baselines.upb_server", keys, settings.work)
        )
        return [await _compare(settings, token, ours, theirs, small=small) for small in (True, False)]


def _server(module: str, keys: Path, work: Path) -> Server:
    port = free_port()
    command = [sys.executable, "-m", module, str(port), str(keys)]
    return Server(command, port=port, ready_path=None, log=work / f"{module}.log")


async def _compare(settings: Settings, token: str, ours: Server, theirs: Server, *, small: bool) -> Figure:
    name = "a small message" if small else "a 10-line order"
    settings.say(f"grpc: {name}")
    count, rounds = settings.pick(4000, 1500), settings.pick(7, 3)
    rates: dict[Server, list[float]] = {ours: [], theirs: []}
    for number in range(rounds):
        for server in (ours, theirs) if number % 2 else (theirs, ours):
            plan = Plan(
                port=server.port,
                token=token,
                generated=server is ours,
                small=small,
                count=count,
                at_once=AT_ONCE,
            )
            rates[server].append(await generate(plan))
    return Figure(
        name=f"gRPC unary, {name}",
        unit="calls/s",
        ours=statistics.median(rates[ours]),
        baseline=statistics.median(rates[theirs]),
        budget=ratio(at_least=LEAST[small]),
    )
