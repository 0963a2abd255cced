"""What relay and consumers promise, in memory and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager

import pytest

from oms_core.context import Context, current
from oms_core.messaging import RetryPolicy, Slot
from oms_wire.event import EventType
from tests.messaging.things import TENANT, Bench, Counted, Garbled, Subscription, World, subscription


class Notes:
    """A handler that leaves one effect per event, unless it is told to fail at some."""

    def __init__(self, world: World, *, failing: Sequence[str] = (), name: str = "note") -> None:
        self.world = world
        self.failing = set(failing)
        self.calls: list[str] = []
        self.contexts: list[Context] = []
        self.name = name

    @property
    def subscription(self) -> Subscription:
        return subscription(self, self.name)

    async def __call__(self, event: Counted) -> None:
        text = f"{event.thing_id}{event.number}"
        self.calls.append(text)
        self.contexts.append(current())
        if text in self.failing:
            raise ValueError(f"no {text} today")
        await self.world.effect(text)


async def test_each_consumer_has_each_event_once_and_nothing_is_left(world: World) -> None:
    first, second = Notes(world), Notes(world, name="other")
    bench = Bench(world, first.subscription, second.subscription)
    await world.publish(Counted("a", 1), Counted("b", 1))
    await world.publish(Counted("a", 2))
    await bench.run()
    assert sorted(first.calls) == sorted(second.calls) == ["a1", "a2", "b1"]
    assert first.calls.index("a1") < first.calls.index("a2")
    assert await world.left() == (0, 0)


async def test_an_event_that_nobody_wants_leaves_the_outbox(world: World) -> None:
    await world.publish(Counted("a", 1))
    await Bench(world).run()
    assert await world.left() == (0, 0)


async def test_a_handler_runs_as_its_plugin_in_the_tenant_and_trace_of_the_event(world: World) -> None:
    notes = Notes(world)
    await world.publish(Counted("a", 1), tenant=TENANT)
    await Bench(world, notes.subscription).run()
    [context] = notes.contexts
    assert (context.tenant, context.principal.subject, context.actor) == (TENANT, "plugin:pong", "pong")
    assert 25 < context.remaining <= 30


async def test_a_failing_event_holds_back_its_own_aggregate_and_no_other(world: World) -> None:
    notes = Notes(world, failing=["a1"])
    bench = Bench(world, notes.subscription)
    await world.publish(Counted("a", 1), Counted("a", 2), Counted("b", 1), Counted("b", 2))
    await bench.run()
    assert await world.effects() == ["b1", "b2"]
    notes.failing.clear()
    await bench.run_on(seconds=1)
    assert await world.effects() == ["b1", "b2", "a1", "a2"]
    assert await world.left() == (0, 0)


async def test_a_plugin_whose_handler_fails_does_not_hold_back_another_plugin(world: World) -> None:
    failing, fine = Notes(world, failing=["a1"]), Notes(world)
    await world.publish(Counted("a", 1), Counted("a", 2))
    await Bench(world, failing.subscription, Subscription("ping.note", Counted, fine)).run()
    assert failing.calls == ["a1"]
    assert fine.calls == ["a1", "a2"]


async def test_the_same_aggregate_id_of_another_tenant_is_another_aggregate(world: World) -> None:
    notes = Notes(world, failing=["a1"])
    await world.publish(Counted("a", 1))
    await world.publish(Counted("a", 2), tenant="chn_b")
    await Bench(world, notes.subscription).run()
    assert "a2" in notes.calls


async def test_retries_follow_the_policy_and_end_in_a_dead_letter(world: World) -> None:
    notes = Notes(world, failing=["a1"])
    bench = Bench(world, notes.subscription)
    await world.publish(Counted("a", 1), Counted("a", 2))
    seen = []
    for seconds in (0, 1, 1, 1, 9, 1, 60, 600, 3600):
        await bench.run_on(seconds=seconds)
        seen.append(len(notes.calls))
    assert seen == [1, 2, 3, 4, 4, 5, 6, 7, 8]
    [letter] = await world.letters.dead()
    assert (letter.consumer, letter.aggregate_id, letter.attempts, letter.waiting) == ("pong.note", "a", 8, 1)
    assert letter.error.startswith("ValueError: no a1 today (test_delivery.py:")
    await bench.run_on(days=30)
    assert set(notes.calls) == {"a1"}


async def test_a_replayed_dead_letter_and_all_behind_it_go_on(world: World) -> None:
    notes = Notes(world, failing=["a1"])
    bench = Bench(world, notes.subscription, policy=RetryPolicy(immediate=0, later=()))
    await world.publish(Counted("a", 1), Counted("a", 2))
    await bench.run()
    notes.failing.clear()
    assert await world.letters.replay(consumer="pong.nobody") == 0
    assert await world.letters.replay(consumer="pong.note") == 1
    await bench.run()
    assert await world.effects() == ["a1", "a2"]
    assert await world.letters.dead() == []


async def test_a_dropped_dead_letter_lets_those_behind_it_go_on(world: World) -> None:
    notes = Notes(world, failing=["a1"])
    bench = Bench(world, notes.subscription, policy=RetryPolicy(immediate=0, later=()))
    await world.publish(Counted("a", 1), Counted("a", 2))
    await bench.run()
    [letter] = await world.letters.dead(consumer="pong.note")
    assert await world.letters.drop(consumer="pong.note", event_id=letter.event_id)
    assert not await world.letters.drop(consumer="pong.note", event_id=letter.event_id)
    await bench.run()
    assert await world.effects() == ["a2"]


async def test_what_cannot_be_decoded_is_dead_at_once(world: World) -> None:
    notes = Notes(world)
    await world.publish(Garbled("a", 1), Counted("b", 1))
    await Bench(world, notes.subscription).run()
    [letter] = await world.letters.dead()
    assert (letter.aggregate_id, letter.attempts) == ("a", 1)
    assert "the payload is no ping.counted" in letter.error
    assert notes.calls == ["b1"]


async def test_a_handler_that_takes_its_process_along_is_counted_and_given_up(world: World) -> None:
    bench = Bench(world, Notes(world).subscription, policy=RetryPolicy(immediate=1, later=()))
    await world.publish(Counted("a", 1))
    await bench.relay_all()
    for _ in range(2):
        taken = await bench.take()
        assert taken is not None
        assert not taken.interrupted  # its process dies here, without a word
        interrupted = await bench.take()
        assert interrupted is not None
        assert interrupted.interrupted
        await bench.handling().handle(interrupted)
        await bench.run_on(seconds=0)
        bench.clock.set(bench.clock.now().replace(second=30))
    [letter] = await world.letters.dead()
    assert letter.attempts == 2
    assert "the process ended" in letter.error


async def test_a_handler_without_a_transaction_is_remembered_too(world: World) -> None:
    calls: list[str] = []

    async def look(event: Counted) -> None:
        calls.append(event.thing_id)

    bench = Bench(world, subscription(look))
    await world.publish(Counted("a", 1))
    await bench.run()
    await world.again("pong.note", Counted("a", 1))
    await bench.run()
    assert await world.left() == (0, 0)
    assert await world.letters.dead() == []


async def test_a_second_transaction_in_one_handler_is_refused(world: World) -> None:
    async def twice(event: Counted) -> None:
        await world.effect("first")
        await world.effect("second")

    await world.publish(Counted("a", 1))
    await Bench(world, subscription(twice), policy=RetryPolicy(immediate=0, later=())).run()
    [letter] = await world.letters.dead()
    assert "second transaction" in letter.error
    assert "second" not in await world.effects()


async def test_a_delivery_that_comes_again_has_no_second_effect(world: World) -> None:
    notes = Notes(world)
    bench = Bench(world, notes.subscription)
    await world.publish(Counted("a", 1))
    await bench.run()
    await world.again("pong.note", Counted("a", 1))
    await bench.run()
    assert notes.calls == ["a1", "a1"]
    assert await world.effects() == ["a1"]
    assert await world.left() == (0, 0)


class Forgetful:
    """No inbox at all: the control by which the test above shows that it can fail."""

    handled_before = False

    @contextmanager
    def entry(self, _: object):  # type: ignore[no-untyped-def]
        yield self

    async def settle(self) -> None:
        pass


async def test_without_an_inbox_the_second_effect_is_seen(world: World) -> None:
    bench = Bench(world, Notes(world).subscription)
    await world.publish(Counted("a", 1))
    await bench.run(Forgetful())
    await world.again("pong.note", Counted("a", 1))
    await bench.run(Forgetful())
    assert await world.effects() == ["a1", "a1"]


async def test_events_of_a_transaction_that_fails_never_existed(world: World) -> None:
    class Broken(Counted):
        def __bytes__(self) -> bytes:
            raise RuntimeError("no bytes")

    with pytest.raises(RuntimeError):
        await world.publish(Counted("a", 1), Broken("a", 2))
    assert await world.left() == (0, 0)


async def test_one_handler_of_a_plugin_waits_for_another_with_an_earlier_event(world: World) -> None:
    class Recounted(Counted):
        EVENT = EventType("ping.recounted", 1, "thing_id")

    failing, later = Notes(world, failing=["a1"]), Notes(world, name="later")
    bench = Bench(world, failing.subscription, Subscription("pong.later", Recounted, later))
    await world.publish(Counted("a", 1))
    await world.publish(Recounted("a", 2), Recounted("b", 1))
    await bench.run()
    assert await world.effects() == ["b1"]
    failing.failing.clear()
    await bench.run_on(seconds=1)
    assert await world.effects() == ["b1", "a1", "a2"]


async def test_what_is_done_says_which_other_handlers_waited_for_it(world: World) -> None:
    class Recounted(Counted):
        EVENT = EventType("ping.recounted", 1, "thing_id")

    first, later = Notes(world), Notes(world, name="later")
    bench = Bench(world, first.subscription, Subscription("pong.later", Recounted, later))
    await world.publish(Counted("a", 1))
    await world.publish(Recounted("a", 2))
    await bench.relay_all()
    taken = await bench.take()
    assert taken is not None
    assert set(await bench.handling().handle(taken)) == {Slot("pong.later", taken.part)}


async def test_a_handler_that_is_not_ordered_neither_waits_nor_holds_back(world: World) -> None:
    ordered, free = Notes(world, failing=["a1"]), Notes(world, failing=["a2"], name="free")
    bench = Bench(world, ordered.subscription, subscription(free, "free", ordered=False))
    await world.publish(Counted("a", 1), Counted("a", 2), Counted("a", 3))
    await bench.run()
    assert free.calls == ["a1", "a2", "a3"]
    assert ordered.calls == ["a1"]
    ordered.failing.clear()
    await bench.run_on(seconds=1)
    assert ordered.calls == ["a1", "a1", "a2", "a3"]
