from __future__ import annotations

from datetime import UTC, datetime, timedelta

from oms_core.calls.claim import Claim
from oms_core.calls.idempotency import Claims
from oms_core.context import Context, Principal
from oms_core.messaging.housekeeping import Forgotten, forget
from oms_core.storage import Database
from tests.messaging.things import Bench, Counted, PostgresWorld, subscription


async def test_what_is_past_its_time_is_forgotten_and_nothing_else(
    database: Database, events_dsn: str, postgres_world: PostgresWorld
) -> None:
    world = postgres_world

    async def note(event: Counted) -> None:
        await world.effect(f"{event.number}")

    await world.publish(Counted("a", 1))
    await world.publish(Counted("a", 1), tenant="chn_b")
    await Bench(world, subscription(note)).run()
    context = Context("chn_a", Principal("user:anna"))
    claim = await Claims(database).begin(database.storage("ping"), "test.Ping/Count", "k1", b"", context)
    assert isinstance(claim, Claim)
    now = datetime.now(UTC)
    assert await forget(events_dsn, now=now + timedelta(hours=23)) == Forgotten(inbox=0, keys=0)
    assert await forget(events_dsn, now=now + timedelta(days=7)) == Forgotten(inbox=0, keys=1)
    assert await forget(events_dsn, now=now + timedelta(days=9)) == Forgotten(inbox=2, keys=0)
