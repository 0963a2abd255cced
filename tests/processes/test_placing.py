"""A process comes to its end or is undone, whatever fails, hangs, answers late or dies."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from oms_core.messaging import Messaging
from oms_core.steps import observed
from oms_wire.errors import Unavailable
from tests.messaging.test_running import until
from tests.messaging.things import PostgresWorld
from tests.processes.placing import Others, Stage, confirmed, refusing, wanted, withdrawn


class Crash(BaseException):
    """The process ends here."""


async def test_it_goes_from_command_to_command(postgres_world: PostgresWorld) -> None:
    others = Others()
    stage = Stage(postgres_world, others)
    await postgres_world.publish(wanted("a", 1))
    await stage.run()
    assert await stage.status() == ("running", "waiting")
    await postgres_world.publish(confirmed("a", 1))
    await stage.run()
    assert await stage.status() == ("done", "told")
    assert others.calls == ["take", "charge", "tell"]
    assert await stage.story() == [
        *("orders.order_placed", "Take done", "Charge done", "orders.order_accepted", "Tell done", "done"),
    ]
    await stage.run_on(days=1)
    assert await stage.status() == ("done", "told"), "its timers are called off"


async def test_what_was_done_is_undone_in_reverse(postgres_world: PostgresWorld) -> None:
    others = Others(before=refusing("tell"))
    stage = Stage(postgres_world, others)
    await postgres_world.publish(wanted("a", 1))
    await stage.run()
    await postgres_world.publish(confirmed("a", 1))
    await stage.run()
    assert await stage.status() == ("undone", "given up")
    assert others.calls == ["take", "charge", "tell", "refund", "give back"]
    assert (others.taken, others.charged) == ({}, {})
    assert (await stage.story())[-5:] == [
        *("undoing: Tell: NO", "Charge undone", "Take undone", "everything is undone", "undone"),
    ]


async def test_a_refused_command_is_not_undone_itself(postgres_world: PostgresWorld) -> None:
    others = Others(before=refusing("charge"))
    stage = Stage(postgres_world, others)
    await postgres_world.publish(wanted("a", 1))
    await stage.run()
    assert others.calls == ["take", "charge", "give back"]
    assert await stage.status() == ("undone", "given up")


async def test_a_command_that_hangs_is_given_up_and_undone_for_safety(postgres_world: PostgresWorld) -> None:
    others = Others(after=refusing("take", Unavailable("AWAY", "it did take, and says nothing")))
    stage = Stage(postgres_world, others)
    await postgres_world.publish(wanted("a", 1))
    for _ in range(40):
        await stage.run_on(seconds=1)
    assert await stage.status() == ("undone", "given up")
    assert others.calls.count("take") > 3
    assert others.calls[-1] == "give back"
    assert others.taken == {}


async def test_a_timer_runs_out_while_a_command_hangs_and_its_late_answer_is_undone(
    postgres_world: PostgresWorld,
) -> None:
    others = Others(after=refusing("charge", Unavailable("AWAY", "later")))
    stage = Stage(postgres_world, others)
    await postgres_world.publish(wanted("a", 1))
    await stage.run()
    for _ in range(6):
        await stage.run_on(minutes=1)
    assert "undoing: charge" in await stage.story()
    assert await stage.status() == ("undone", "too late")
    assert others.calls[-2:] == ["refund", "give back"]
    assert (others.taken, others.charged) == ({}, {})


async def test_a_command_that_has_not_begun_is_not_performed_when_it_is_undone(
    postgres_world: PostgresWorld,
) -> None:
    others = Others()
    stage = Stage(postgres_world, others)
    await postgres_world.publish(wanted("a", 1), withdrawn("a", 2))
    await stage.run()
    status, stage_of = await stage.status()
    assert (status, stage_of) == ("undone", "withdrawn")
    assert others.taken == {}


async def test_what_comes_late_is_noted_and_changes_nothing(postgres_world: PostgresWorld) -> None:
    others = Others()
    stage = Stage(postgres_world, others)
    await postgres_world.publish(wanted("a", 1))
    await stage.run()
    await stage.run_on(minutes=11)
    assert await stage.status() == ("undone", "too late")
    await postgres_world.publish(confirmed("a", 1), wanted("a", 2))
    await stage.run()
    assert await stage.status() == ("undone", "too late")
    assert (await stage.story())[-2:] == ["late: orders.order_accepted", "late: orders.order_placed"]


async def test_nobody_is_told_who_never_started(postgres_world: PostgresWorld) -> None:
    stage = Stage(postgres_world, Others())
    await postgres_world.publish(confirmed("a", 1))
    await stage.run()
    assert await postgres_world.left() == (0, 0)


STEPS = ("process.begun", "process.performed", "process.decided", "consumer.taken", "consumer.settled")


@pytest.mark.parametrize("fails", ["", "tell"])
@pytest.mark.parametrize("place", range(12))
@pytest.mark.parametrize("where", STEPS)
async def test_a_crash_at_any_step_is_resumed_or_undone(
    postgres_world: PostgresWorld, where: str, place: int, fails: str
) -> None:
    others = Others(before=refusing(fails))
    stage = Stage(postgres_world, others)
    seen = 0

    def die_once(name: str) -> None:
        nonlocal seen
        seen += name == where
        if name == where and seen == place + 1:
            raise Crash

    async def survive(**passed: float) -> None:
        stage.clock.set(stage.clock.now() + timedelta(**passed))
        while True:
            try:
                await stage.run()
            except Crash:
                continue
            return

    with observed(die_once):
        await postgres_world.publish(wanted("a", 1))
        await survive()
        await survive(seconds=1)
        await postgres_world.publish(confirmed("a", 1))
        for _ in range(5):
            await survive(seconds=2)
    assert await stage.status() == (("undone", "given up") if fails else ("done", "told"))
    kept = 0 if fails else 1
    assert [len(one) for one in (others.taken, others.charged, others.told)] == [kept] * 3
    assert await postgres_world.letters.dead() == []


@pytest.mark.parametrize("seed", range(25))
async def test_whatever_happens_all_of_it_is_there_or_nothing(  # noqa: C901 - whatever
    postgres_world: PostgresWorld, seed: int
) -> None:
    """Crashes, refusals, silence before and after the effect, withdrawals, in any place."""
    chance = random.Random(seed)

    def silent(_: str) -> None:
        if chance.random() < 0.1:
            raise Unavailable("AWAY", "not now")

    def trouble(name: str) -> None:
        silent(name)
        if chance.random() < 0.05 and name in {"take", "charge", "tell"}:
            refusing(name)(name)

    def die(name: str) -> None:
        if chance.random() < 0.03:
            raise Crash

    others = Others(before=trouble, after=silent)
    stage = Stage(postgres_world, others)
    things = [f"t{n}" for n in range(4)]
    with observed(die):
        for number, thing in enumerate(things):
            await postgres_world.publish(wanted(thing, 1))
            await _survive(stage)
            if number % 2:
                await postgres_world.publish(confirmed(thing, 1))
        if chance.random() < 0.5:
            await postgres_world.publish(withdrawn(things[0], 1))
        for _ in range(30):
            stage.clock.set(stage.clock.now() + timedelta(minutes=chance.choice([0.1, 1, 15])))
            await _survive(stage)
    others.before = others.after = lambda _: None
    for _ in range(5):
        await stage.run_on(hours=1)
    await _all_or_nothing(stage, others, things)
    assert await postgres_world.letters.dead() == []


async def _all_or_nothing(stage: Stage, others: Others, things: list[str]) -> None:
    for thing in things:
        status, _ = await stage.status(thing)
        kept = [thing in one.values() for one in (others.taken, others.charged, others.told)]
        assert status in {"done", "undone"}
        assert kept[:2] == [status == "done"] * 2
        assert kept[2] or status == "undone"


async def _survive(stage: Stage) -> None:
    while True:
        try:
            await stage.run()
        except Crash:
            continue
        return


async def test_it_runs_in_a_process_with_everything_at_work(
    postgres_world: PostgresWorld, events_dsn: str
) -> None:
    from oms_core.clock import SystemClock
    from oms_core.processes import Runner
    from tests.processes.placing import process

    others = Others()
    runner = Runner(
        process(others),
        plugin="pong",
        storage=postgres_world.database.storage("pong"),
        clock=SystemClock(),
        bind=lambda function: function,
    )
    stage = Stage(postgres_world, others)
    messaging = Messaging(postgres_world.database, events_dsn, runner.subscriptions, poll=0.02)
    await messaging.start()
    try:
        await postgres_world.publish(wanted("a", 1))

        async def charged() -> bool:
            return bool(others.charged)

        await until(charged)
        await postgres_world.publish(confirmed("a", 1))

        async def over() -> bool:
            return await stage.status() == ("done", "told")

        await until(over)
    finally:
        await messaging.drain(1)
