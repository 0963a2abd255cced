"""How long a guest waits at the peak of a country: 160 orders a second that come as guests do."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.figures import Figure, absolute
from benchmarks.load import Plan, generate
from benchmarks.settings import Settings
from benchmarks.stage import chain_running

RATE = 160.0
"""Orders a second: Swiggy's New Year's Eve peak."""
CONNECTIONS = 128


async def run(settings: Settings) -> Sequence[Figure]:
    """Place orders in an open loop while every plugin is at work, after a gentle warm-up."""
    async with chain_running(settings, "latency") as stage:
        settings.say(f"latency: {RATE:.0f} orders/s")
        port, orders = stage.program.port, stage.chain.orders
        warm_up = Plan(port=port, requests=orders, connections=8, count=200, rate=RATE / 4)
        await generate(warm_up)
        count = int(RATE * settings.pick(40, 8))
        plan = Plan(
            port=port, requests=orders, connections=CONNECTIONS, count=count, rate=RATE, first=1_000_000
        )
        outcome = await generate(plan)
    name = f"order placed at {RATE:.0f} orders/s"
    note = f"{outcome.rate:.0f} orders/s answered, {count} orders, Poisson arrivals"
    return [
        Figure(name=f"{name}, p50", unit="ms", ours=outcome.quantile(0.5), note=note),
        Figure(name=f"{name}, p99", unit="ms", ours=outcome.quantile(0.99), budget=absolute(at_most=100)),
        Figure(name=f"{name}, worst", unit="ms", ours=outcome.quantile(1)),
    ]
