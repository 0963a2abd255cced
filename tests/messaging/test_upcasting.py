"""Events of every version that was ever published are read by the handler of today."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar, Self

import pytest

from oms_core.messaging import RetryPolicy, Subscription, Upcaster
from oms_core.messaging.handling import Handling
from oms_core.messaging.upcasting import NewerVersion, Upcasting
from oms_wire.event import EventType
from tests.messaging.things import Bench, Counted, PostgresWorld, World


@dataclass
class Weighed:
    """The second version has grams, the first had kilograms."""

    EVENT: ClassVar[EventType] = EventType("ping.weighed", 2, "thing_id")

    thing_id: str = ""
    grams: int = 0

    def __bytes__(self) -> bytes:
        return json.dumps([self.thing_id, self.grams]).encode()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls(*json.loads(data))


class WeighedV1(Counted):
    EVENT = EventType("ping.weighed", 1, "thing_id")


class WeighedV3(Weighed):
    EVENT = EventType("ping.weighed", 3, "thing_id")


def to_grams(old: WeighedV1) -> Weighed:
    return Weighed(old.thing_id, old.number * 1000)


def to_rounded(old: Weighed) -> WeighedV3:
    return WeighedV3(old.thing_id, round(old.grams, -3))


CHAIN = Upcasting([Upcaster(WeighedV1, Weighed, to_grams), Upcaster(Weighed, WeighedV3, to_rounded)])


def test_each_version_is_raised_to_the_one_that_is_wanted() -> None:
    assert CHAIN.read(Weighed, 1, bytes(WeighedV1("a", 2))) == Weighed("a", 2000)
    assert CHAIN.read(Weighed, 2, bytes(Weighed("a", 2400))) == Weighed("a", 2400)
    assert CHAIN.read(WeighedV3, 1, bytes(WeighedV1("a", 2))) == WeighedV3("a", 2000)
    assert CHAIN.read(WeighedV3, 2, bytes(Weighed("a", 2400))) == WeighedV3("a", 2000)


def test_a_version_without_an_upcaster_is_read_as_it_is() -> None:
    assert Upcasting().read(Weighed, 1, bytes(Weighed("a", 7))) == Weighed("a", 7)


def test_a_newer_version_waits() -> None:
    with pytest.raises(NewerVersion, match=r"ping\.weighed of version 3, known here is 2"):
        CHAIN.read(Weighed, 3, b"")


async def test_a_handler_of_the_new_version_gets_old_events_and_waits_for_newer_ones(
    postgres_world: PostgresWorld,
) -> None:
    world: World = postgres_world
    seen: list[object] = []

    async def note(event: Weighed) -> None:
        seen.append(event)

    class Upcasts(Bench):
        def handling(self, inboxes: object = None) -> Handling:
            return Handling(
                self.subscriptions,
                self.world.deliveries,
                self.world.inboxes,
                clock=self.clock,
                policy=self.policy,
                upcasting=CHAIN,
            )

    bench = Upcasts(world, Subscription("pong.note", Weighed, note), policy=RetryPolicy(chance=lambda: 0.0))
    await world.publish(WeighedV1("a", 1), Counted("b", 1))
    await bench.run()
    assert seen == [Weighed("a", 1000)]

    newer = WeighedV3("c", 1)
    newer.number = 1  # type: ignore[attr-defined]
    await world.publish(newer)  # type: ignore[arg-type]
    await bench.run()
    assert len(seen) == 1
    assert await world.left() == (0, 1), "it waits for a release that knows it"
