"""The parts that run by themselves: woken, several at once, drained, cut off."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from oms_core.context import Context, current, use
from oms_core.messaging import Broker, Messaging, RetryPolicy, Subscription
from oms_core.storage import Database
from oms_core.storage.connection import connect
from oms_core.storage.participants import enlist
from tests.messaging.things import TENANT, Counted, PostgresWorld, subscription

QUICK = RetryPolicy(immediate=20, soon=0.01, later=())
NEVER = 60.0
"""A poll so rare that only a wake-up can explain what happens."""


@pytest.fixture
def world(postgres_world: PostgresWorld) -> PostgresWorld:
    return postgres_world


@pytest.fixture(params=["postgres", "rabbit"], autouse=True)
def via(request: pytest.FixtureRequest) -> Broker | None:
    """What carries the events: every test of this file runs over both."""
    _via.broker = None if request.param == "postgres" else request.getfixturevalue("broker")
    return _via.broker


class _Via:
    broker: Broker | None = None


_via = _Via()


@asynccontextmanager
async def running(
    database: Database,
    dsn: str,
    *subscriptions: Subscription,
    here: Sequence[str] | None = None,
    relays: bool = True,
    poll: float = 0.02,
) -> AsyncIterator[Messaging]:
    messaging = Messaging(
        database, dsn, subscriptions, here=here, relays=relays, policy=QUICK, poll=poll, broker=_via.broker
    )
    await messaging.start()
    try:
        yield messaging
    finally:
        await messaging.drain(5)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.01)


async def test_a_commit_wakes_relay_and_handler_without_polling(
    database: Database, events_dsn: str, world: PostgresWorld
) -> None:
    handled: asyncio.Queue[float] = asyncio.Queue()

    async def note(_: Counted) -> None:
        handled.put_nowait(time.monotonic())

    async with running(database, events_dsn, subscription(note), poll=NEVER):
        for number in range(1, 6):
            await world.publish(Counted("a", number))
            async with asyncio.timeout(5):
                await handled.get()


async def test_another_process_is_woken_across_the_database(
    database: Database, events_dsn: str, world: PostgresWorld
) -> None:
    handled: asyncio.Queue[int] = asyncio.Queue()

    async def note(event: Counted) -> None:
        handled.put_nowait(event.number)

    one = subscription(note)
    relaying = await Database.open(events_dsn, plugins=["ping", "pong"])
    handling = await Database.open(events_dsn, plugins=["ping", "pong"])
    try:
        async with (
            running(database, events_dsn, one, here=[], relays=False, poll=NEVER),
            running(relaying, events_dsn, one, here=[], poll=NEVER),
            running(handling, events_dsn, one, relays=False, poll=NEVER),
        ):
            for number in range(1, 4):
                await world.publish(Counted("a", number))
                async with asyncio.timeout(5):
                    assert await handled.get() == number
    finally:
        await relaying.close()
        await handling.close()


async def test_several_relays_and_consumers_keep_every_aggregate_in_turn(
    database: Database, events_dsn: str, world: PostgresWorld
) -> None:
    aggregates, each = 12, 15
    at_once: dict[str, int] = {}
    overlaps: list[str] = []
    failed: set[str] = set()

    async def note(event: Counted) -> None:
        at_once[event.thing_id] = at_once.get(event.thing_id, 0) + 1
        if at_once[event.thing_id] > 1:
            overlaps.append(event.thing_id)
        try:
            text = f"{event.thing_id}.{event.number}"
            await asyncio.sleep(0)
            if event.number % 7 == 0 and text not in failed:
                failed.add(text)
                raise ValueError("once")
            await world.effect(text)
        finally:
            at_once[event.thing_id] -= 1

    one = subscription(note)
    others = [await Database.open(events_dsn, plugins=["ping", "pong"]) for _ in range(2)]
    try:
        async with (
            running(database, events_dsn, one),
            running(others[0], events_dsn, one),
            running(others[1], events_dsn, one),
        ):
            for number in range(1, each + 1):
                await asyncio.gather(*(world.publish(Counted(f"t{n}", number)) for n in range(aggregates)))

            async def drained() -> bool:
                return len(await world.effects()) >= aggregates * each and await world.left() == (0, 0)

            await until(drained, 60)
    finally:
        for other in others:
            await other.close()
    effects = await world.effects()
    assert len(effects) == len(set(effects)) == aggregates * each
    for n in range(aggregates):
        numbers = [int(text.partition(".")[2]) for text in effects if text.startswith(f"t{n}.")]
        assert numbers == list(range(1, each + 1))
    assert overlaps == []


async def test_handlers_know_nothing_of_the_call_that_woke_them(
    database: Database, events_dsn: str, world: PostgresWorld
) -> None:
    contexts: asyncio.Queue[Context] = asyncio.Queue()

    async def note(_: Counted) -> None:
        contexts.put_nowait(current())
        await world.effect("seen")

    class Caller:
        entered = 0

        async def enter(self, _: object) -> None:
            self.entered += 1

        async def leave(self, _: object) -> None:
            pass

    caller = Caller()
    async with running(database, events_dsn, subscription(note), poll=NEVER):
        with use(Context("chn_b", trace="trc_caller")), enlist(caller):
            await world.publish(Counted("a", 1))
        async with asyncio.timeout(5):
            context = await contexts.get()

        async def noted() -> bool:
            return await world.effects() == ["seen"]

        await until(noted)
        assert (context.tenant, context.trace) == (TENANT, "trc_published")
    assert caller.entered == 1


async def test_a_call_that_a_handler_makes_leaves_the_inbox_to_the_handler(
    database: Database, events_dsn: str, world: PostgresWorld
) -> None:
    async def ask_then_note(event: Counted) -> None:
        # What a call in the same process does: another plugin's transaction, in the handler's own context.
        async with database.storage("ping").transaction() as tx:
            await tx.fetchval("select 1")
        await world.effect(f"{event.number}")

    async with running(database, events_dsn, subscription(ask_then_note)):
        await world.publish(Counted("a", 1))

        async def handled() -> bool:
            return await world.effects() == ["1"]

        await until(handled)
    assert await world.left() == (0, 0)
    assert await world.letters.dead() == []


async def test_drain_waits_for_running_handlers_and_takes_no_more(
    database: Database, events_dsn: str, world: PostgresWorld
) -> None:
    begun, free = asyncio.Event(), asyncio.Event()

    async def slow(event: Counted) -> None:
        begun.set()
        await free.wait()
        await world.effect(f"{event.number}")

    before = asyncio.all_tasks()
    messaging = Messaging(database, events_dsn, [subscription(slow)], broker=_via.broker)
    await messaging.start()
    await world.publish(Counted("a", 1), Counted("a", 2))
    await begun.wait()
    draining = asyncio.create_task(messaging.drain(20))
    asyncio.get_running_loop().call_later(0.05, free.set)
    await draining
    assert await world.effects() == ["1"]
    assert asyncio.all_tasks() == before


async def test_drain_cancels_what_takes_too_long_and_the_next_start_handles_it(
    database: Database, events_dsn: str, world: PostgresWorld
) -> None:
    begun = asyncio.Event()
    hangs = True

    async def stubborn(event: Counted) -> None:
        begun.set()
        if hangs:
            await asyncio.Event().wait()
        await world.effect(f"{event.number}")

    before = asyncio.all_tasks()
    messaging = Messaging(database, events_dsn, [subscription(stubborn)], broker=_via.broker)
    await messaging.start()
    await world.publish(Counted("a", 1))
    await begun.wait()
    await messaging.drain(0.05)
    assert asyncio.all_tasks() == before
    hangs = False
    async with running(database, events_dsn, subscription(stubborn)):

        async def noted() -> bool:
            return await world.effects() == ["1"]

        await until(noted)


async def publish_for_certain(world: PostgresWorld, event: Counted) -> None:
    """Publish like a writer who does not know whether a COMMIT that was cut short has happened."""
    while True:
        try:
            await world.publish(event)
        except Exception as error:
            if getattr(error, "code", "") == "VERSION_CONFLICT":
                return
        else:
            return


async def test_every_connection_cut_loses_nothing_and_repeats_nothing(
    database: Database, events_dsn: str, world: PostgresWorld
) -> None:
    async def note(event: Counted) -> None:
        await world.effect(f"{event.number}")

    administrator = await connect(events_dsn)
    try:
        async with running(database, events_dsn, subscription(note)):
            for number in range(1, 31):
                await publish_for_certain(world, Counted(f"t{number % 4}", number))
                if number % 10 == 0:
                    await administrator.execute(
                        "select pg_terminate_backend(pid) from pg_stat_activity"
                        " where datname = current_database() and pid <> pg_backend_pid()"
                    )

            async def drained() -> bool:
                try:
                    return len(await world.effects()) >= 30 and await world.left() == (0, 0)
                except Exception:
                    return False

            await until(drained, 30)
    finally:
        await administrator.close()
    effects = [int(text) for text in await world.effects()]
    assert sorted(effects) == list(range(1, 31))
    for n in range(4):
        mine = [number for number in effects if number % 4 == n]
        assert mine == sorted(mine)


async def test_a_handler_that_hangs_leaves_room_for_other_consumers(
    database: Database, events_dsn: str, world: PostgresWorld
) -> None:
    done = asyncio.Event()

    async def hang(_: Counted) -> None:
        await asyncio.Event().wait()

    async def note(_: Counted) -> None:
        done.set()

    messaging = Messaging(
        database, events_dsn, [subscription(hang, "hang"), subscription(note, "note")], broker=_via.broker
    )
    await messaging.start()
    for n in range(16):
        await world.publish(Counted(f"t{n}", 1))
    async with asyncio.timeout(5):
        await done.wait()

    async def handled() -> bool:
        async with database.relay() as connection:
            left = "select count(*) filter (where consumer = 'pong.note'), count(*) from oms.delivery"
            row = await connection.fetchrow(left)
            return row is not None and tuple(row) == (0, 16)

    await until(handled)
    await messaging.drain(0.05)
