"""``oms events dlq``: what an operator does about events that were given up."""

from __future__ import annotations

import asyncio
import json

import click.testing
import pytest

from oms_core.cli.main import main
from oms_core.messaging import RetryPolicy
from tests.messaging.things import Bench, Counted, PostgresWorld, subscription


@pytest.fixture
def run_oms(monkeypatch: pytest.MonkeyPatch, tmp_path, events_dsn: str):  # type: ignore[no-untyped-def]
    """Run a command against the test's database, in a thread of its own: it has a loop of its own."""
    monkeypatch.setenv("OMS_DATABASE_URL", events_dsn)
    monkeypatch.chdir(tmp_path)

    async def run(*arguments: str) -> click.testing.Result:
        runner = click.testing.CliRunner()
        return await asyncio.to_thread(runner.invoke, main, ["events", "dlq", *arguments])

    return run


async def test_an_operator_lists_replays_and_drops(postgres_world: PostgresWorld, run_oms) -> None:  # type: ignore[no-untyped-def]
    async def refuse(_: Counted) -> None:
        raise ValueError("never")

    bench = Bench(postgres_world, subscription(refuse), policy=RetryPolicy(immediate=0, later=()))
    await postgres_world.publish(Counted("a", 1), Counted("a", 2))
    await bench.run()

    [letter] = json.loads((await run_oms("list", "--json")).stdout)
    assert (letter["consumer"], letter["aggregate_id"], letter["waiting"]) == ("pong.note", "a", 1)
    assert letter["error"].startswith("ValueError: never")
    assert json.loads((await run_oms("list", "--consumer", "pong.other", "--json")).stdout) == []
    assert "pong.note" in (await run_oms("list")).stdout

    assert json.loads((await run_oms("replay", "pong.note", "--json")).stdout) == {"replayed": 1}
    assert "No dead letters" in (await run_oms("list")).stdout
    await bench.run()
    assert (await run_oms("drop", "pong.note", letter["event_id"])).exit_code == 0
    await bench.run()
    [letter] = json.loads((await run_oms("list", "--json")).stdout)
    assert letter["waiting"] == 0


async def test_an_unknown_dead_letter_is_named(run_oms) -> None:  # type: ignore[no-untyped-def]
    unknown = "00000000-0000-7000-8000-000000000000"
    for arguments in (["drop", "pong.note", unknown], ["replay", "pong.note", "--event", unknown]):
        result = await run_oms(*arguments)
        assert result.exit_code == 1
        assert "DEAD_LETTER_UNKNOWN" in result.stderr
        assert unknown in result.stderr
