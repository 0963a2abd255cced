"""Events that are published later."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from oms_core.clock import FixedClock
from oms_core.context import Context, use
from oms_core.messaging import Messaging, Scheduler
from oms_core.storage import Database
from tests.messaging.things import NOON, TENANT, Bench, Counted, PostgresWorld, subscription


def scheduler(world: PostgresWorld, now: datetime) -> Scheduler:
    return Scheduler(world.outbox, clock=FixedClock(now), on_published=lambda: None)


async def later(database: Database, event: Counted, *, minutes: float, key: str, move: bool = False) -> bool:
    with use(Context(TENANT, trace="a" * 32)):
        async with database.storage("ping").transaction() as tx:
            at = NOON + timedelta(minutes=minutes)
            return await tx.schedule(event, at=at, key=key, version=event.number, move=move)


async def test_events_leave_when_their_time_has_come_oldest_first(
    database: Database, postgres_world: PostgresWorld
) -> None:
    seen: list[str] = []

    async def note(event: Counted) -> None:
        seen.append(f"{event.thing_id}{event.number}")

    bench = Bench(postgres_world, subscription(note))
    assert await later(database, Counted("b", 1), minutes=20, key="b")
    assert await later(database, Counted("a", 1), minutes=10, key="a")
    for minutes, moved, expected in (
        (0, 0, []),
        (10, 1, ["a1"]),
        (30, 1, ["a1", "b1"]),
        (60, 0, ["a1", "b1"]),
    ):
        assert await scheduler(postgres_world, NOON + timedelta(minutes=minutes)).publish_due() == moved
        await bench.run()
        assert seen == expected


async def test_a_key_names_one_event_which_can_be_moved_or_called_off(
    database: Database, postgres_world: PostgresWorld
) -> None:
    assert await later(database, Counted("a", 1), minutes=10, key="a")
    assert not await later(database, Counted("a", 2), minutes=5, key="a")
    assert await scheduler(postgres_world, NOON + timedelta(minutes=9)).publish_due() == 0
    assert await later(database, Counted("a", 3), minutes=20, key="a", move=True)
    assert await scheduler(postgres_world, NOON + timedelta(minutes=19)).publish_due() == 0
    async with database.storage("ping").transaction(tenant=TENANT) as tx:
        assert await tx.unschedule("a")
        assert not await tx.unschedule("a")
    assert await scheduler(postgres_world, NOON + timedelta(days=1)).publish_due() == 0


async def test_what_is_scheduled_in_a_transaction_that_fails_never_was(
    database: Database, postgres_world: PostgresWorld
) -> None:
    with pytest.raises(RuntimeError):
        async with database.storage("ping").transaction(tenant=TENANT) as tx:
            await tx.schedule(Counted("a", 1), at=NOON, key="a")
            raise RuntimeError
    assert await scheduler(postgres_world, NOON + timedelta(days=1)).publish_due() == 0


async def test_another_plugin_neither_sees_nor_calls_off_what_is_scheduled(
    database: Database, postgres_world: PostgresWorld
) -> None:
    await later(database, Counted("a", 1), minutes=1, key="a")
    async with database.storage("pong").transaction(tenant=TENANT) as tx:
        assert not await tx.unschedule("a")
        assert await tx.fetch("select * from oms.scheduled") == []
    assert await scheduler(postgres_world, NOON + timedelta(minutes=2)).publish_due() == 1


async def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    async with database.storage("ping").transaction(tenant=TENANT) as tx:
        with pytest.raises(ValueError, match="no time zone"):
            await tx.schedule(Counted("a", 1), at=NOON.replace(tzinfo=None), key="a")


async def test_a_running_process_publishes_what_is_due(
    database: Database, events_dsn: str, postgres_world: PostgresWorld
) -> None:
    from tests.messaging.test_running import until

    async def note(event: Counted) -> None:
        await postgres_world.effect(f"{event.number}")

    await later(database, Counted("a", 1), minutes=-1, key="a")
    messaging = Messaging(database, events_dsn, [subscription(note)], clock=FixedClock(NOON), poll=0.02)
    await messaging.start()
    try:

        async def handled() -> bool:
            return await postgres_world.effects() == ["1"]

        await until(handled)
    finally:
        await messaging.drain(1)
