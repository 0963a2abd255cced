"""The circuit breaker, and what it saves events from."""

from __future__ import annotations

import asyncio
from uuid import UUID

from oms_core.messaging import Messaging, RetryPolicy
from oms_core.messaging.breaker import FIRST_PAUSE, LONGEST_PAUSE, THRESHOLD, Breaker
from oms_core.storage import Database
from tests.messaging.test_running import until
from tests.messaging.things import Counted, PostgresWorld, subscription


def event(number: int) -> UUID:
    return UUID(int=number)


def opened(at: float = 0.0) -> Breaker:
    breaker = Breaker("pong.note")
    for number in range(THRESHOLD):
        assert breaker.admits(at)
        breaker.failed(event(number), at)
    assert breaker.is_open
    return breaker


def test_one_event_that_fails_for_ever_opens_nothing() -> None:
    breaker = Breaker("pong.note")
    for _ in range(100):
        breaker.failed(event(1), 0.0)
    assert not breaker.is_open


def test_a_success_in_between_starts_the_count_anew() -> None:
    breaker = Breaker("pong.note")
    for number in range(THRESHOLD * 3):
        breaker.failed(event(number), 0.0)
        if number % 2:
            breaker.succeeded()
    assert not breaker.is_open


def test_it_lets_one_event_try_after_each_pause_and_all_after_a_success() -> None:
    breaker = opened()
    now, pause = 0.0, FIRST_PAUSE
    for number in range(10):
        assert not breaker.admits(now + pause * 0.99)
        now += pause
        assert breaker.admits(now)
        assert not breaker.admits(now), "one at a time"
        breaker.failed(event(100 + number), now)
        pause = min(pause * 2, LONGEST_PAUSE)
    now += pause
    assert breaker.admits(now)
    breaker.succeeded()
    assert breaker.admits(now)
    assert breaker.admits(now)


def test_a_trial_that_found_no_event_is_given_back() -> None:
    breaker = opened()
    assert breaker.admits(FIRST_PAUSE)
    breaker.nothing_taken()
    assert breaker.admits(FIRST_PAUSE)


async def test_an_outage_kills_no_event(
    database: Database, events_dsn: str, postgres_world: PostgresWorld
) -> None:
    """Without the breaker all forty would use up their three attempts at once and be dead."""
    down, tried = True, 0

    async def note(happened: Counted) -> None:
        nonlocal tried
        tried += 1
        if down:
            raise ConnectionError("what the handler needs is away")
        await postgres_world.effect(happened.thing_id)

    await postgres_world.publish(*(Counted(f"t{number}", 1) for number in range(40)))
    messaging = Messaging(
        database,
        events_dsn,
        [subscription(note)],
        policy=RetryPolicy(immediate=2, soon=0.0, later=()),
        poll=0.02,
    )
    await messaging.start()
    try:

        async def has_tried() -> bool:
            return tried >= THRESHOLD

        await until(has_tried)
        down = False

        async def handled() -> bool:
            return len(await postgres_world.effects()) == 40

        await until(handled)
    finally:
        await messaging.drain(1)
    assert await postgres_world.letters.dead() == []


async def test_a_handler_s_own_policy_and_its_kinds_of_error_are_kept() -> None:
    policy = (
        RetryPolicy(chance=lambda: 0.0)
        .giving_up_on(LookupError)
        .for_error(ConnectionError, RetryPolicy(immediate=0, later=(5.0,) * 9, chance=lambda: 0.0))
    )
    assert policy.wait(1, KeyError("x")) is None
    waits = [policy.wait(number, ConnectionResetError()) for number in range(1, 11)]
    assert [one and one.total_seconds() for one in waits] == [5.0] * 9 + [None]
    first = policy.wait(1, ValueError())
    assert first is not None
    assert first.total_seconds() == 0.05
    await asyncio.sleep(0)


def test_an_error_that_says_when_to_come_back_is_taken_at_its_word() -> None:
    from oms_wire.errors import Unavailable

    wait = RetryPolicy().wait(1, Unavailable("BUSY", "later", retry_after=7.0))
    assert wait is not None
    assert wait.total_seconds() == 7.0
