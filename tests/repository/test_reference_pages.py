"""The pages that people look things up in have all of it, as the code has it."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from oms_core.auth.tokens import LEEWAY, MAX_BYTES, MAX_GRANTS, MAX_TTL
from oms_core.calls.idempotency import LEASE
from oms_core.config import Config, effective, load_config
from oms_core.config.leaves import Leaf
from oms_core.context import DEFAULT_TIMEOUT
from oms_core.messaging.handling import HANDLER_TIMEOUT
from oms_core.messaging.housekeeping import INBOX_DAYS, KEY_HOURS
from oms_core.messaging.retry import RetryPolicy
from oms_core.plugins.settings import settings_schemas
from oms_core.servers.http import BODY_LIMIT
from oms_core.servers.http.incoming import MAX_PAIRS
from oms_core.steps import STEPS
from oms_core.storage import PARTITIONS
from tests.repository import errors, hook_reference, permissions, settings
from tests.repository.documents import ROOT, pages

_SCHEMAS = settings_schemas(permissions.CONTRACTS)


@pytest.mark.parametrize("plugin", permissions.CONTRACTS)
def test_a_plugins_page_lists_its_methods(plugin: str) -> None:
    text = (ROOT / "plugins" / plugin / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `(\w+) ([^`?]+)(?:\?[^`]*)?` \| `([\w.]+)` \|", text, re.M)
    routes = {
        route.method.full_name.rpartition("/")[2]: route
        for route in permissions.routes()
        if route.method.full_name.startswith(f"oms.{plugin}.")
    }
    assert sorted(row[0] for row in rows) == sorted(routes)
    for name, verb, path, permission in rows:
        route = routes[name]
        assert (verb, permission) == (route.http_method, route.method.access.permission), name
        assert route.template == path or ("…" in path and route.template.endswith(path.lstrip("…"))), name


@pytest.mark.parametrize("plugin", permissions.CONTRACTS)
def test_a_plugins_page_lists_its_errors(plugin: str) -> None:
    folder = ROOT / "plugins" / plugin
    text = (folder / "README.md").read_text(encoding="utf-8")
    source = "\n".join(file.read_text(encoding="utf-8") for file in (folder / f"oms_{plugin}").glob("*.py"))
    raised = re.findall(r"[A-Z][a-z]\w+\(\s*\"([A-Z]+(?:_[A-Z]+)+)\"", source)
    assert raised
    assert {code for code in raised if f"`{code}`" not in text} == set()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("idempotency", f"lease of {LEASE.seconds} s"),
        ("running", f"keeps its key for {LEASE.seconds} s"),
        ("demo", f"until its lease ends ({LEASE.seconds} s"),
        ("running", f"idempotency keys after {KEY_HOURS // timedelta(hours=1)} hours"),
        ("running", f"handled after {INBOX_DAYS.days} days"),
        ("running", f"After {RetryPolicy().attempts} attempts"),
        ("events", f"{RetryPolicy().attempts} in all"),
        ("events", f"actor <name>, {HANDLER_TIMEOUT:.0f} s"),
        ("events", f"There are {PARTITIONS} partitions"),
        ("security", f"| {BODY_LIMIT // 1024} KiB (`BODY_TOO_LARGE`"),
        ("security", f"| query parameters | {MAX_PAIRS} |"),
        ("security", f"| time | {DEFAULT_TIMEOUT:.0f} s;"),
        ("security", f"{MAX_BYTES // 1024} KiB, {MAX_GRANTS} grants, at most {MAX_TTL.days} days"),
        ("security", f"may differ by {LEEWAY} s"),
    ],
)
def test_the_numbers_are_those_in_force(name: str, said: str) -> None:
    assert said in (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


def test_the_hooks_are_those_of_the_contracts() -> None:
    assert hook_reference.PAGE.read_text(encoding="utf-8") == hook_reference.page(), (
        f"run: {hook_reference.COMMAND}"
    )


def test_the_layers_are_those_that_are_checked() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")
    page = next(page for page in pages() if page.name == "docs/architecture.md")
    (block,) = (block.text for block in page.of("") if block.text.startswith("cli"))
    drawn = [layer.strip().split(", ") for layer in block.replace("\n", " ").split("→")]
    assert drawn == [layer.replace("oms_core.", "").split(" | ") for layer in layers]


def test_the_named_steps_are_all_there() -> None:
    rows = re.findall(r"^\| `([a-z]+\.[a-z]+)` \| (.*) \|$", (ROOT / "docs" / "events.md").read_text(), re.M)
    assert dict(rows) == dict(STEPS)


def test_the_file_in_the_pages_has_every_setting_with_its_default() -> None:
    page = next(page for page in pages() if page.path == settings.PAGE)
    (block,) = page.of("toml")
    written = dict(_flat(tomllib.loads(block.text)))
    assert written == {
        leaf.name: leaf.schema["default"]
        for leaf in settings.settings()
        if leaf.schema["default"] not in (None, {})
    }


def _flat(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _given(leaf: Leaf) -> str:
    """Return some value that is not the default."""
    tables = {"bundles": '{"front": {"serve": ["menu"]}}', "remotes": '{"menu": {"address": ["menu:1"]}}'}
    if leaf.name in tables:
        return tables[leaf.name]
    return "degrade" if "enum" in leaf.schema else "true" if leaf.schema.get("type") == "boolean" else "7"


def test_the_variables_in_the_table_set_what_it_says() -> None:
    names = {leaf.name: leaf for leaf in settings.settings()}
    before = {one.name: one.value for one in effective(Config(), _SCHEMAS)}
    for name, leaf in names.items():
        given = _given(leaf)
        config = load_config(
            file=Path(os.devnull), environ={leaf.variable: given}, plugins=lambda _: _SCHEMAS
        )
        after = {one.name: one.value for one in effective(config, _SCHEMAS)}
        assert {key for key in before if after[key] != before[key]} == {name}


def test_the_table_of_settings_is_fresh() -> None:
    found = settings.SECTION.search(settings.PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0] == settings.table(), "run: python -m tests.repository.settings"


def test_the_table_of_permissions_is_fresh() -> None:
    found = permissions.SECTION.search(permissions.PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0] == permissions.table(), "run: python -m tests.repository.permissions"


def test_the_table_of_errors_is_fresh() -> None:
    assert errors.PAGE.read_text(encoding="utf-8") == errors.page(), f"run: {errors.COMMAND}"
