"""``oms plugins``: what is installed, what it says of itself, who stands on whom; imports none of them."""

from __future__ import annotations

import click
import msgspec
from rich.console import Console

from oms_core.cli.options import as_json, with_config
from oms_core.cli.plugin_graph import edges_of, lines, mermaid
from oms_core.cli.plugin_tables import card, states, table
from oms_core.config import Config
from oms_core.errors import PluginError
from oms_core.plugins.discovery import Installed, discover
from oms_core.plugins.resolver import refuse_unknown
from oms_core.runtime.lining_up import line_up

_INSPECT = """\b
Examples:
  oms plugins inspect stamps
  oms plugins inspect stamps --json
"""
_GRAPH = """\b
Examples:
  oms plugins graph
  oms plugins graph --format mermaid > plugins.mmd
"""


@click.group()
def plugins() -> None:
    """Look at the plugins."""


@plugins.command("list", epilog="Example:  oms plugins list --json")
@as_json
@with_config
def list_plugins(config: Config, *, as_json: bool) -> None:
    """List the installed plugins, the chosen ones first, in the line in which they start.

    `on` takes part, `off` would not and says why, `refused` keeps everything from starting (exit code 1),
    `not chosen` is missing in `plugins`. What only shows when a plugin runs is in the log of `oms run`.
    """
    roster = line_up(config)
    found = states(roster, discover())
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
    else:
        Console().print(table(found))
    roster.insist()


@plugins.command("inspect", epilog=_INSPECT)
@click.argument("name")
@as_json
def inspect(*, name: str, as_json: bool) -> None:
    """Show everything that the plugin NAME says of itself in its manifest."""
    manifest = _named(name).manifest
    assert manifest is not None
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    else:
        Console().print(card(manifest))


@plugins.command("graph", epilog=_GRAPH)
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "mermaid"]),
    default="text",
    show_default=True,
    help="As what.",
)
@as_json
@with_config
def graph(config: Config, *, shape: str, as_json: bool) -> None:
    """Show who requires whom, whose events a plugin handles, and whose hooks it answers."""
    roster = line_up(config)
    manifests = [one.manifest for one in roster.line if one.manifest]
    edges = edges_of(manifests)
    if as_json:
        found = {"plugins": [one.name for one in manifests], "edges": edges}
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
    elif shape == "mermaid":
        click.echo("\n".join(mermaid([one.name for one in manifests], edges)))
    else:
        click.echo("\n".join(lines([one.name for one in manifests], edges)))
    roster.insist()


def _named(name: str) -> Installed:
    installed = discover()
    refuse_unknown(name, {one.name for one in installed})
    found = next(one for one in installed if one.name == name)
    if found.problem:
        raise PluginError(found.problem.code, found.problem.message, hint=found.problem.hint)
    return found
