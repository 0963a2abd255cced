"""Thousands of small histories, each from a seed: nothing lost, nothing twice, nothing overtaken."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.simulation.system import Faults, System

SEEDS = int(os.environ.get("OMS_SEEDS", "2000"))
KEPT = Path(__file__).parents[1] / "seeds" / "events.txt"
"""Seeds that failed once; they run before all others, for ever."""


def failures(seeds: Iterable[int], faults: Faults | None = None) -> dict[int, list[str]]:
    """Return what went wrong, by seed."""

    async def all_of_them() -> dict[int, list[str]]:
        found = {}
        for seed in seeds:
            system = System(seed, faults or Faults())
            await system.run()
            if wrong := system.wrong():
                found[seed] = wrong
        return found

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(all_of_them())


def kept() -> list[int]:
    return [int(line) for line in KEPT.read_text().split()] if KEPT.exists() else []


@pytest.mark.timeout(300)
def test_every_seed_keeps_every_promise() -> None:
    found = failures([*kept(), *range(SEEDS)])
    if found:
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text("".join(f"{seed}\n" for seed in sorted({*kept(), *found})))
    assert not found, "\n".join(f"seed {seed}: {'; '.join(wrong)}" for seed, wrong in found.items())


@pytest.mark.parametrize(
    "control",
    [Faults(inbox=False), Faults(outbox=False), Faults(confirms=False), Faults(leases=False)],
    ids=["no inbox", "no outbox", "no confirms", "skip locked without leases"],
)
def test_a_promise_that_is_taken_away_is_seen(control: Faults) -> None:
    assert len(failures(range(200), control)) >= 3
