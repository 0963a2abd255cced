"""``oms db`` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from oms_core.cli.main import main

pytestmark = pytest.mark.timeout(60)


def test_plan_migrate_plan(used: Path) -> None:
    runner = CliRunner()
    answers = []
    for command in ("plan", "migrate", "plan"):
        outcome = runner.invoke(main, ["db", command, "--data", str(used), "--json"])
        assert outcome.exit_code == 0, outcome.output
        answers.append(json.loads(outcome.stdout))
    planned, migrated, rest = answers
    assert planned == migrated
    assert {"app": "oms", "name": "0001_core"} in planned
    assert rest == []


def test_a_migration_for_a_plugin_that_is_not_there(used: Path) -> None:
    outcome = CliRunner().invoke(main, ["db", "new-migration", "nowhere", "--data", str(used)])
    assert outcome.exit_code == 1
    assert "nowhere" in outcome.stderr
