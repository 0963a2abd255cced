"""Plugins as people read them: a line each, or one on a card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from rich.table import Table
from rich.text import Text

from oms_core.plugins.discovery import Installed
from oms_core.plugins.manifest import Manifest, Rpc
from oms_core.plugins.roster import Roster

_STYLES = {"on": "green", "off": "yellow", "refused": "bold red", "not chosen": "dim"}


class State(msgspec.Struct, frozen=True, kw_only=True):
    """One plugin, whether it takes part, and if not why."""

    name: str
    state: str
    reason: str = ""
    distribution: str = ""
    version: str = ""
    api: int | None = None
    requires: list[str] = []
    after: list[str] = []


def states(roster: Roster, installed: Sequence[Installed]) -> list[State]:
    """Return the chosen plugins in line, then those that are not there, then those not chosen."""
    in_line = {one.name for one in roster.line}
    absent = sorted({*roster.off, *roster.refused} - in_line)
    found = [_state(one, roster) for one in roster.line]
    found += [
        State(name=name, state=_state_of(name, roster), reason=_reason(name, roster)) for name in absent
    ]
    others = {one.name: one for one in installed if one.name not in in_line and one.name not in absent}
    return found + [_state(one, None) for one in others.values()]


def table(found: Sequence[State]) -> Table:
    """Return one line for each plugin."""
    shown = Table()
    for heading in ("plugin", "state", "distribution", "version", "requires", "why"):
        shown.add_column(heading, overflow="fold")
    for one in found:
        cells = [one.distribution, one.version, ", ".join(one.requires) or "–", one.reason]
        shown.add_row(one.name, Text(one.state, style=_STYLES[one.state]), *map(Text, cells))
    return shown


def card(manifest: Manifest) -> Table:
    """Return everything that a manifest says, part by part."""
    shown = Table(box=None, show_header=False, pad_edge=False)
    shown.add_column(style="bold", no_wrap=True)
    shown.add_column(overflow="fold")
    for part, entries in _parts(manifest):
        for number, entry in enumerate(entries):
            shown.add_row("" if number else part, Text(entry))
    return shown


def _state(one: Installed, roster: Roster | None) -> State:
    return State(
        name=one.name,
        state=_state_of(one.name, roster) if roster else "not chosen",
        reason=_reason(one.name, roster) if roster else "",
        distribution=one.distribution,
        version=one.version,
        api=one.manifest.api if one.manifest else None,
        requires=one.requires,
        after=one.after,
    )


def _state_of(name: str, roster: Roster) -> str:
    if name in roster.refused:
        return "refused"
    return "off" if name in roster.off else "on"


def _reason(name: str, roster: Roster) -> str:
    refused = "; ".join(error.message for error in roster.refused.get(name, ()))
    return refused or roster.off.get(name, "")


def _parts(manifest: Manifest) -> Iterator[tuple[str, Sequence[str]]]:
    yield "name", [manifest.name]
    yield "summary", [manifest.summary]
    yield "distribution", [f"{manifest.distribution} {manifest.version}, plugin API {manifest.api}"]
    yield "requires", manifest.requires
    yield "after", manifest.after
    yield "services", [service.name for service in manifest.services]
    yield "methods", [_method(rpc.name, rpc) for service in manifest.services for rpc in service.methods]
    yield "permissions", [f"{one.name}: {', '.join(one.roles) or 'nobody'}" for one in manifest.permissions]
    yield (
        "hooks",
        [f"{one.name} ({one.combine}, {one.deadline_ms} ms, {one.on_failure})" for one in manifest.hooks],
    )
    yield "answers", [f"{one.hook} by {one.function}" for one in manifest.answers]
    yield "events", [f"{one.name} v{one.version}" for one in manifest.events]
    yield "handles", [f"{one.name} v{one.version} by {one.handler}" for one in manifest.handles]
    yield "runs", [f"{one.name}, which hears {', '.join(one.hears)}" for one in manifest.processes]
    yield "tables", manifest.tables
    yield "provides", manifest.provides
    yield "lifecycle", [", ".join(manifest.lifecycle)] if manifest.lifecycle else []
    yield "commands", [f"oms {one.name}: {one.help}" for one in manifest.commands]
    yield "settings", list(_settings(manifest))


def _method(name: str, rpc: Rpc) -> str:
    access = f"{rpc.permission} at {rpc.scope}" if rpc.permission else rpc.scope
    return f"{name}  {', '.join(rpc.routes) or 'gRPC only'}  ({access}; {rpc.idempotency})"


def _settings(manifest: Manifest) -> Iterator[str]:
    properties = (manifest.settings or {}).get("properties", {})
    for name, schema in properties.items():
        default = f" = {msgspec.json.encode(schema['default']).decode()}" if "default" in schema else ""
        about = f"  {schema['description']}" if "description" in schema else ""
        yield f"{name}{default}{about}"
