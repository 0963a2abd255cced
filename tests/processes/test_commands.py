"""``oms processes``: what an operator sees."""

from __future__ import annotations

import asyncio
import json

import click.testing
import pytest

from oms_core.cli.main import main
from tests.messaging.things import PostgresWorld
from tests.processes.placing import Others, Stage, wanted


@pytest.fixture
def run_oms(monkeypatch: pytest.MonkeyPatch, tmp_path, events_dsn: str):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("OMS_DATABASE_URL", events_dsn)
    monkeypatch.chdir(tmp_path)

    async def run(*arguments: str) -> click.testing.Result:
        return await asyncio.to_thread(click.testing.CliRunner().invoke, main, ["processes", *arguments])

    return run


async def test_an_operator_sees_what_happened_and_what_is_pending(
    postgres_world: PostgresWorld, run_oms
) -> None:  # type: ignore[no-untyped-def]
    assert (await run_oms("list")).stdout == "No process is under way.\n"
    stage = Stage(postgres_world, Others())
    await postgres_world.publish(wanted("thing_1", 1))
    await stage.run()
    [listed] = json.loads((await run_oms("list", "--plugin", "pong", "--json")).stdout)
    assert (listed["type"], listed["key"], listed["status"]) == ("placing", "thing_1", "running")
    assert "thing_1" in (await run_oms("list")).stdout
    shown = (await run_oms("show", "thing_1")).stdout.splitlines()
    assert shown[0] == "pong.placing of thing_1: running"
    assert [line.split("  ")[-1] for line in shown[1:4]] == [
        "orders.order_placed",
        "Take done",
        "Charge done",
    ]
    assert shown[4] == "  waits for  timer confirm at 2031-05-06 12:10:00 UTC"
    [story] = json.loads((await run_oms("show", "thing_1", "--json")).stdout)
    assert len(story["happened"]) == 3
    await stage.run_on(minutes=20)
    assert "No process" in (await run_oms("list")).stdout
    [ended] = json.loads((await run_oms("list", "--all", "--json")).stdout)
    assert ended["status"] == "undone"


async def test_an_unknown_key_is_named(run_oms) -> None:  # type: ignore[no-untyped-def]
    result = await run_oms("show", "nothing")
    assert result.exit_code == 1
    assert "PROCESS_UNKNOWN" in result.stderr
