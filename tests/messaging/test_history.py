"""The log: read on without a gap, and replayed to a plugin without a duplicate."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from oms_core.messaging import Messaging, Newcomers, Subscription, routes
from oms_core.messaging.history import History, Position
from oms_core.storage import Database
from oms_core.storage.connection import connect
from tests.messaging.test_running import until
from tests.messaging.things import TENANT, Bench, Counted, PostgresWorld, subscription


async def test_a_reader_passes_over_no_event_that_commits_late(
    database: Database, events_dsn: str, postgres_world: PostgresWorld
) -> None:
    seen: list[str] = []

    async def read_on(history: History, position: Position) -> Position:
        for one in await history.read(position):
            seen.append(one.envelope.aggregate_id)
            position = one.position
        return position

    async with History.open(events_dsn) as history:
        async with database.storage("ping").transaction(tenant=TENANT) as slow:
            slow.emit(Counted("slow", 1), version=1)
            # Its number is taken now, its commit comes last.
            await slow.execute("select nextval('oms.event_seq')")
            await slow.execute("select pg_current_xact_id()")
            await asyncio.to_thread(lambda: None)
            await _in_a_task(postgres_world.publish(Counted("quick", 1)))
            position = await read_on(history, Position())
            assert seen == [], "what is behind a running transaction is not decided yet"
        await read_on(history, position)
    assert sorted(seen) == ["quick", "slow"]


async def _in_a_task(work) -> None:  # type: ignore[no-untyped-def]
    import contextvars

    await asyncio.create_task(work, context=contextvars.Context())


async def test_a_plugin_that_comes_late_gets_the_history_and_then_what_follows(
    database: Database, events_dsn: str, postgres_world: PostgresWorld
) -> None:
    """Events are published before, while and after the log is replayed; each has one effect, in turn."""
    aggregates, each = 5, 40
    for number in range(1, 21):
        await postgres_world.publish(*(Counted(f"t{n}", number) for n in range(aggregates)))
    await Bench(postgres_world).run()  # nobody listened: they are in the log alone
    assert await postgres_world.left() == (0, 0)

    async def note(event: Counted) -> None:
        await postgres_world.effect(f"{event.thing_id}.{event.number}")

    late = Subscription("pong.note", Counted, note, history=True)
    newcomers = Newcomers(events_dsn, [late])
    await newcomers.hold()
    messaging = Messaging(database, events_dsn, [late], poll=0.02)
    await messaging.start()
    try:

        async def go_on() -> None:
            for number in range(21, each + 1):
                await postgres_world.publish(*(Counted(f"t{n}", number) for n in range(aggregates)))

        publishing = asyncio.create_task(go_on())
        await asyncio.sleep(0.05)
        replayed = await newcomers.replay()
        assert replayed >= 100
        await publishing

        async def handled() -> bool:
            return len(await postgres_world.effects()) >= aggregates * each

        await until(handled, 30)
        assert await newcomers.replay() == 0
        await newcomers.hold()
        assert await newcomers.replay() == 0, "it is no newcomer any more"
    finally:
        await messaging.drain(5)
    effects = await postgres_world.effects()
    for n in range(aggregates):
        mine = [text for text in effects if text.startswith(f"t{n}.")]
        assert mine == [f"t{n}.{number}" for number in range(1, each + 1)]


async def test_a_replay_that_was_cut_off_is_done_again(
    database: Database, events_dsn: str, postgres_world: PostgresWorld
) -> None:
    async def note(event: Counted) -> None:
        await postgres_world.effect(f"{event.number}")

    await postgres_world.publish(*(Counted("a", number) for number in range(1, 6)))
    await Bench(postgres_world).run()
    late = Subscription("pong.note", Counted, note, history=True)
    await Newcomers(events_dsn, [late]).hold()  # the process dies here
    bench = Bench(postgres_world, late)
    await postgres_world.publish(Counted("a", 6))
    await bench.run()
    assert await postgres_world.effects() == [], "it is held"
    again = Newcomers(events_dsn, [late])
    await again.hold()
    assert await again.replay() == 6
    await bench.run()
    assert await postgres_world.effects() == ["1", "2", "3", "4", "5", "6"]


async def test_what_was_handled_has_no_second_effect_when_it_is_replayed(
    events_dsn: str, postgres_world: PostgresWorld
) -> None:
    async def note(event: Counted) -> None:
        await postgres_world.effect(f"{event.number}")

    bench = Bench(postgres_world, subscription(note))
    await postgres_world.publish(*(Counted("a", number) for number in range(1, 4)))
    await bench.run()
    async with History.open(events_dsn) as history:
        assert [n async for n in history.replay("pong", routes(bench.subscriptions))] == [3]
    await bench.run()
    assert await postgres_world.effects() == ["1", "2", "3"]
    assert await postgres_world.left() == (0, 0)


@pytest.fixture
def run_oms(monkeypatch: pytest.MonkeyPatch, tmp_path, events_dsn: str):  # type: ignore[no-untyped-def]
    import click.testing

    from oms_core.cli.main import main

    monkeypatch.setenv("OMS_DATABASE_URL", events_dsn)
    monkeypatch.chdir(tmp_path)

    async def run(*arguments: str) -> click.testing.Result:
        return await asyncio.to_thread(click.testing.CliRunner().invoke, main, ["events", *arguments])

    return run


async def test_tail_shows_the_newest_events_and_nothing_of_what_is_in_them(
    postgres_world: PostgresWorld, run_oms
) -> None:  # type: ignore[no-untyped-def]
    await postgres_world.publish(*(Counted(f"t{n}", 1) for n in range(4)))
    shown = await run_oms("tail", "--no-follow", "--last", "2", "--json")
    lines = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [line["aggregate_id"] for line in lines] == ["t2", "t3"]
    assert set(lines[0]) == {
        *("event_id", "tenant", "plugin", "type", "schema_version", "aggregate_id", "aggregate_version"),
        *("created_at", "headers"),
    }
    only = await run_oms("tail", "--no-follow", "--aggregate", "t1")
    assert "ping.counted v1  t1 #1" in only.stdout
    assert len(only.stdout.splitlines()) == 1


async def test_replay_names_what_it_does_not_know(run_oms) -> None:  # type: ignore[no-untyped-def]
    for arguments, code, told in (
        (("--to", "nobody", "--from", "START"), 1, "no plugin 'nobody' is installed"),
        (("--to", "menu", "--from", "START"), 1, "handles no event"),
        (("--to", "kitchen", "--from", "yesterday"), 2, "neither START nor an instant"),
    ):
        result = await run_oms("replay", *arguments)
        assert result.exit_code == code
        assert told in result.stderr


async def test_a_plugin_that_may_have_forgotten_is_not_replayed_to_without_a_word(
    events_dsn: str, run_oms
) -> None:  # type: ignore[no-untyped-def]
    administrator = await connect(events_dsn)
    await administrator.execute(
        "insert into oms.inbox (consumer, event_id, tenant, plugin)"
        " values ('kitchen.make_tickets', gen_random_uuid(), 'chn_a', 'kitchen')"
    )
    await administrator.close()
    refused = await run_oms("replay", "--to", "kitchen", "--from", "START")
    assert refused.exit_code == 1
    assert "REPLAY_TOO_OLD" in refused.stderr
    recent = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    assert (await run_oms("replay", "--to", "kitchen", "--from", recent, "--json")).exit_code == 0
    assert (await run_oms("replay", "--to", "kitchen", "--from", "START", "--again")).exit_code == 0
