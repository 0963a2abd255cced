"""``oms config``: what is set, by whom, and what could be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from oms_core.cli.options import as_json, listening, with_config
from oms_core.config import Config, Setting, Written, effective, schema_of
from oms_core.config.schema import with_plugins
from oms_core.plugins.settings import settings_schemas


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command("show", epilog="Example:  OMS_SERVER_HOST=0.0.0.0 oms config show --http-port 8081")
@as_json
@with_config
@listening
def show(config: Config, *, as_json: bool) -> None:
    """Show every setting in force, and whether the file, the environment or a flag said so.

    It takes the settings flags of `oms run`. Secrets, and passwords in addresses, are masked.
    """
    settings = list(effective(config, settings_schemas(config.plugins)))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in settings], indent=2, ensure_ascii=False))
        return
    Console().print(_table(settings))


@config.command("schema", epilog="Example:  oms config schema > oms.schema.json")
def schema() -> None:
    """Print the JSON Schema of oms.toml, with the settings of every installed plugin."""
    whole = with_plugins(schema_of(Written), settings_schemas(None))
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole, "title": "oms.toml"}
    click.echo(json.dumps(head, indent=2, ensure_ascii=False))


def _table(settings: Sequence[Setting]) -> Table:
    table = Table()
    for heading in ("setting", "value", "from", "default"):
        table.add_column(heading, overflow="fold")
    for one in settings:
        same = one.value == one.default
        cells = (one.name, _shown(one.value), one.source, "" if same else _shown(one.default))
        table.add_row(*map(Text, cells), style="" if one.source != "default" else "dim")
    return table


def _shown(value: object) -> str:
    if value is None or value in ("", {}, []):
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
