"""A process may die at every named step: nothing is lost, nothing happens twice, nothing overtakes."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms_core.messaging import Messaging
from oms_core.steps import STEPS, observed
from oms_core.storage import Database
from tests.messaging.things import Bench, Counted, MemoryWorld, PostgresWorld, World, subscription

OURS = sorted(name for name in STEPS if name.startswith(("relay.", "consumer.")))


class Crash(BaseException):
    """The process ends here."""


async def run_until_dead(bench: Bench) -> bool:
    """Run; return whether it came to its end."""
    try:
        await bench.run()
    except Crash:
        if isinstance(bench.world, MemoryWorld):
            bench.world.store.forget_sessions()
        return False
    return True


@pytest.mark.parametrize("where", OURS)
async def test_a_crash_at_any_step_loses_nothing_and_repeats_nothing(world: World, where: str) -> None:
    async def note(event: Counted) -> None:
        await world.effect(f"{event.thing_id}{event.number}")

    bench = Bench(world, subscription(note))
    await world.publish(Counted("a", 1), Counted("a", 2), Counted("b", 1))
    crashes = 0

    def die_twice(name: str) -> None:
        nonlocal crashes
        if name == where and crashes < 2:
            crashes += 1
            raise Crash

    with observed(die_twice):
        while not await run_until_dead(bench):
            pass
    assert crashes
    await bench.run_on(seconds=1)
    effects = await world.effects()
    assert sorted(effects) == ["a1", "a2", "b1"]
    assert effects.index("a1") < effects.index("a2")
    assert await world.left() == (0, 0)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), aggregates=st.integers(1, 4), each=st.integers(1, 5))
def test_any_number_of_crashes_and_failures_in_any_place(seed: int, aggregates: int, each: int) -> None:
    chance = random.Random(seed)
    asyncio.run(_survive(chance, aggregates, each))


async def _survive(chance: random.Random, aggregates: int, each: int) -> None:
    world = MemoryWorld()

    async def note(event: Counted) -> None:
        if chance.random() < 0.05:
            raise ValueError("not now")
        await world.effect(f"{event.thing_id}.{event.number}")

    def die(_: str) -> None:
        if chance.random() < 0.1:
            raise Crash

    bench = Bench(world, subscription(note))
    for number in range(1, each + 1):
        for n in range(aggregates):
            await world.publish(Counted(f"t{n}", number))
        with observed(die):
            await run_until_dead(bench)
        bench.clock.set(bench.clock.now().replace(microsecond=number))
    while await world.left() != (0, 0):
        with observed(die):
            await run_until_dead(bench)
        await bench.run_on(hours=2)
        assert await world.letters.dead() == []
    effects = await world.effects()
    for n in range(aggregates):
        assert [text for text in effects if text.startswith(f"t{n}.")] == [
            f"t{n}.{number}" for number in range(1, each + 1)
        ]


VICTIM = """
import asyncio, os, signal, sys
from oms_core.messaging import Messaging
from oms_core.storage import Database
from tests.messaging.things import Counted, subscription

async def die(event):
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    database = await Database.open(sys.argv[1], plugins=["ping", "pong"])
    await Messaging(database, sys.argv[1], [subscription(die)]).start()
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_killed_process_leaves_its_event_and_its_lease_to_the_next(
    database: Database, events_dsn: str, postgres_world: PostgresWorld
) -> None:
    world = postgres_world
    done = asyncio.Event()

    async def note(event: Counted) -> None:
        await world.effect(f"{event.number}")
        done.set()

    await world.publish(Counted("a", 1))
    victim = await asyncio.create_subprocess_exec(
        sys.executable, "-c", VICTIM, events_dsn, cwd=Path(__file__).parents[2]
    )
    try:
        async with asyncio.timeout(30):
            assert await victim.wait() == -9
    finally:
        if victim.returncode is None:
            victim.kill()
    messaging = Messaging(database, events_dsn, [subscription(note)])
    await messaging.start()
    async with asyncio.timeout(5):
        await done.wait()
    await messaging.drain()
    assert await world.effects() == ["1"]
    assert await world.left() == (0, 0)
