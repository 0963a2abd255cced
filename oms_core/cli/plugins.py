"""``oms plugins``: what is installed, and in which line it would start."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table

from oms_core.cli.options import as_json, with_config
from oms_core.config import Config
from oms_core.plugins.discovery import choose, discover, load
from oms_core.plugins.resolver import in_dependency_order


@click.group()
def plugins() -> None:
    """Look at the plugins."""


@plugins.command("list", epilog="Example:  oms plugins list --json")
@as_json
@with_config
def list_plugins(config: Config, *, as_json: bool) -> None:
    """List the chosen plugins in the line in which they start."""
    installed = {one.name: one for one in choose(discover(), config.plugins)}
    line = in_dependency_order(load(one) for one in installed.values())
    rows = [
        {
            "name": plugin.name,
            "distribution": installed[plugin.name].distribution,
            "version": installed[plugin.name].version,
            "api": plugin.api,
            "requires": list(plugin.requires),
            "after": list(plugin.after),
        }
        for plugin in line
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    table = Table("plugin", "distribution", "version", "requires")
    for row, plugin in zip(rows, line, strict=True):
        requires = ", ".join(plugin.requires) or "–"
        table.add_row(plugin.name, str(row["distribution"]), str(row["version"]), requires)
    Console().print(table)
