"""What `oms plugins` and `oms --help` say, all of it from manifests: no plugin is imported for it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from oms_core.cli.main import COMMANDS, main
from oms_core.plugins.manifest import (
    Command,
    HandledEvent,
    HookAnswer,
    OfferedHook,
    Permission,
    PublishedEvent,
)
from tests.plugins.test_broken import SCHEMA, is_golden, service
from tests.plugins.workshop import Workshop

EXPLODES = "raise SystemExit('it was imported')\n"
COMMAND = """
import click

from oms_core.plugins import Plugin, hookimpl


class Made(Plugin):
    @hookimpl
    def commands(self):
        return [click.Command("stick", callback=lambda: print("stuck"))]
"""


@pytest.fixture
def described(workshop: Workshop) -> Workshop:
    """Two plugins that say a lot, and cannot be imported."""
    workshop.make(
        "stamps",
        EXPLODES,
        summary="Cards that fill with every order.",
        requires=["identity"],
        after=["wallets"],
        permissions=[Permission(name="stamps.cards.read", roles=["owner"])],
        services=[service("stamps")],
        hooks=[
            OfferedHook(name="acme.stamps.v1.Hooks/Worth", combine="all", deadline_ms=50, on_failure="skip")
        ],
        events=[PublishedEvent(name="stamps.card_filled", version=1, message="acme.CardFilled")],
        tables=["stamps.cards"],
        lifecycle=["setup", "stop"],
        commands=[Command(name="stick", help="Stick a stamp.")],
        settings=SCHEMA,
    )
    workshop.make(
        "wallets",
        EXPLODES,
        requires=["identity"],
        answers=[HookAnswer(hook="acme.stamps.v1.Hooks/Worth", function="say_worth")],
        handles=[HandledEvent(name="stamps.card_filled", version=1, handler="reward")],
    )
    workshop.choose("identity")
    return workshop


def test_list_shows_the_line_and_what_is_not_chosen(described: Workshop) -> None:
    done = described.oms("plugins", "list", "--json")
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert [name for name, row in rows.items() if row["state"] == "on"] == ["identity", "wallets", "stamps"]
    assert rows["menu"]["state"] == "not chosen"
    assert rows["stamps"]["requires"] == ["identity"]
    assert done.returncode == 0


def test_list_shows_who_is_off_and_who_is_refused_and_why(workshop: Workshop) -> None:
    workshop.make("stamps", api=0)
    workshop.make("wallets", requires=["vouchers"])
    workshop.choose("identity", settings=["[failure]", "stamps = 'degrade'"])
    done = workshop.oms("plugins", "list", "--json")
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert (rows["stamps"]["state"], rows["wallets"]["state"]) == ("off", "refused")
    assert "too old" in rows["stamps"]["reason"]
    assert "'vouchers'" in rows["wallets"]["reason"]
    assert done.returncode == 1
    assert "[PLUGIN_MISSING]" in done.stderr
    assert "refused" in workshop.oms("plugins", "list").stdout


def test_inspect_says_everything(described: Workshop) -> None:
    done = described.oms("plugins", "inspect", "stamps")
    is_golden("inspect", "\n".join(line.rstrip() for line in done.stdout.splitlines()) + "\n")
    whole = json.loads(described.oms("plugins", "inspect", "stamps", "--json").stdout)
    assert whole == json.loads((described.site / "acme_stamps" / "manifest.json").read_text())


def test_inspect_of_one_that_is_not_there_names_the_nearest(described: Workshop) -> None:
    done = described.oms("plugins", "inspect", "stamp")
    assert done.returncode == 1
    assert "did you mean 'stamps'?" in done.stderr


@pytest.mark.parametrize("shape", ["text", "mermaid"])
def test_graph_shows_requirements_events_and_answers(described: Workshop, shape: str) -> None:
    is_golden(f"graph_{shape}", described.oms("plugins", "graph", "--format", shape).stdout)
    edges = json.loads(described.oms("plugins", "graph", "--json").stdout)["edges"]
    assert {"plugin": "wallets", "kind": "answers", "other": "stamps", "what": ["Worth"]} in edges


def test_help_shows_commands_of_plugins_and_what_is_wrong_with_the_others(described: Workshop) -> None:
    described.make("gifts", manifest=b"{")
    done = described.oms("--help")
    assert done.returncode == 0, done.stderr
    assert "Stick a stamp." in done.stdout
    assert "plugin 'gifts' (acme-gifts): its manifest.json cannot be read" in done.stdout


def test_a_command_imports_its_own_plugin_only(workshop: Workshop) -> None:
    workshop.make("stamps", COMMAND, commands=[Command(name="stick")])
    workshop.make("wallets", EXPLODES, commands=[Command(name="pay"), Command(name="stack")])
    assert workshop.oms("stick").stdout == "stuck\n"
    broken = workshop.oms("pay")
    assert "[PLUGIN_IMPORT] plugin 'wallets'" in broken.stderr
    assert "Traceback" not in broken.stderr
    assert workshop.oms("nothing").returncode == 2


def test_a_command_that_is_only_in_the_manifest_is_stale(workshop: Workshop) -> None:
    workshop.make("stamps", COMMAND, commands=[Command(name="stack")])
    assert "[MANIFEST_STALE] plugin 'stamps'" in workshop.oms("stack").stderr


def test_one_command_of_two_plugins_is_refused_by_both_names(workshop: Workshop) -> None:
    for name in ("stamps", "wallets"):
        workshop.make(name, COMMAND, commands=[Command(name="stick")])
    assert "'stamps' (acme-stamps) and 'wallets' (acme-wallets)" in workshop.oms("stick").stderr


def test_one_that_is_not_chosen_is_nobodys_rival(workshop: Workshop) -> None:
    workshop.make("wallets", COMMAND, commands=[Command(name="stick")])
    workshop.choose("identity")
    workshop.make("stamps", EXPLODES, commands=[Command(name="stick")])  # not in oms.toml
    assert workshop.oms("stick").stdout == "stuck\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_of_commands_says_what_each_says_itself(name: str) -> None:
    command = main.get_command(main.make_context("oms", [], resilient_parsing=True), name)
    assert command is not None
    assert command.get_short_help_str(200) == COMMANDS[name][1]


def test_help_imports_nothing_that_runs() -> None:
    code = (
        "import sys; from oms_core.cli.main import main; main(['--help'], standalone_mode=False);"
        "print(sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()[-1]
    for heavy in ("litestar", "piccolo", "grpc", "uvicorn", "rich", "betterproto2", "oms_orders", "asyncpg"):
        assert f"'{heavy}'" not in loaded, heavy
