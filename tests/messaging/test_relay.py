"""The relay's leases, and what happens when its transport fails."""

from __future__ import annotations

import pytest

from oms_core.messaging import Relay
from oms_core.storage import PARTITIONS
from tests.messaging.things import Bench, Counted, World

ALL = range(PARTITIONS)


async def test_a_leased_partition_is_not_leased_again_until_its_turn_ends(world: World) -> None:
    await world.publish(*(Counted(f"t{n}", 1) for n in range(64)))
    async with world.outbox.relay_turn() as first:
        mine = await first.lease(ALL, most=3)
        assert len(mine) == 3
        async with world.outbox.relay_turn() as second:
            others = await second.lease(ALL, most=PARTITIONS)
            assert set(mine).isdisjoint(others)
            assert {*mine, *others} == set(ALL)
    async with world.outbox.relay_turn() as third:
        assert set(await third.lease(ALL, most=PARTITIONS)) == set(ALL)


async def test_partitions_without_rows_are_not_leased(world: World) -> None:
    async with world.outbox.relay_turn() as turn:
        assert list(await turn.lease(ALL, most=PARTITIONS)) == []


async def test_rows_are_taken_oldest_first_and_only_from_leased_partitions(world: World) -> None:
    await world.publish(*(Counted(f"t{n}", 1) for n in range(32)))
    async with world.outbox.relay_turn() as turn:
        parts = await turn.lease(ALL, most=2)
        rows = await turn.take(parts, limit=5)
        assert len(rows) == 5
        assert [row.seq for row in rows] == sorted(row.seq for row in rows)
        assert {row.part for row in rows} <= set(parts)


async def test_events_stay_in_the_outbox_while_the_transport_fails(world: World) -> None:
    class Down:
        async def publish(self, *_: object) -> list[object]:
            raise RuntimeError("no broker")

    await world.publish(Counted("a", 1))
    with pytest.raises(RuntimeError):
        await Relay(world.outbox, Down()).relay_once()  # type: ignore[arg-type]
    assert await world.left() == (1, 0)
    await Bench(world).run()
    assert await world.left() == (0, 0)


async def test_a_turn_moves_no_more_than_a_batch(world: World) -> None:
    bench = Bench(world)
    await world.publish(*(Counted("a", number) for number in range(1, 8)))
    relay = Relay(world.outbox, bench.relay()._transport, batch=3)
    assert [await relay.relay_once() for _ in range(4)] == [3, 3, 1, 0]
