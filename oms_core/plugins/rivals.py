"""Two plugins that claim one thing: found from their manifests, refused with both names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from oms_core.config.leaves import leaves
from oms_core.config.schema import NOTHING, Schema
from oms_core.errors import PluginError
from oms_core.plugins.manifest import Manifest


@dataclass(frozen=True, slots=True)
class _Claim:
    """One thing that only one plugin may have."""

    kind: str
    thing: str
    shown: str
    remedy: str


_CODES = {
    "command": "COMMAND_RIVALS",
    "event": "EVENT_RIVALS",
    "hook": "HOOK_RIVALS",
    "permission": "PERMISSION_RIVALS",
    "route": "ROUTE_DUPLICATE",
    "service": "SERVICE_RIVALS",
    "setting": "SETTING_RIVALS",
}


def rivals(line: Sequence[Manifest]) -> dict[str, list[PluginError]]:
    """Return what is claimed twice, by the plugin that stands further back in ``line``."""
    owners: dict[tuple[str, str], tuple[str, _Claim]] = {}
    found: dict[str, list[PluginError]] = defaultdict(list)
    for manifest in line:
        for claim in _claims(manifest):
            name, first = owners.setdefault((claim.kind, claim.thing), (manifest.name, claim))
            if name != manifest.name:
                found[manifest.name].append(_rivalry(name, first, manifest.name, claim))
    return dict(found)


def _claims(manifest: Manifest) -> Iterator[_Claim]:
    for service in manifest.services:
        yield _Claim("service", service.name, service.name, "take one of them out of `plugins`")
    for route, method in manifest.routes:
        place = re.sub(r"\{[^}]*\}", "{}", route)
        yield _Claim(
            "route", place, f"{route} ({method})", "change the google.api.http option of one of them"
        )
    for permission in manifest.permissions:
        remedy = f"begin the names of permissions with the plugin's: {manifest.name}.…"
        yield _Claim("permission", permission.name, permission.name, remedy)
    for event in manifest.events:
        remedy = f"begin the names of events with the plugin's: {manifest.name}.…"
        yield _Claim("event", event.name, f"{event.name} ({event.message})", remedy)
    for hook in manifest.hooks:
        yield _Claim("hook", hook.name, hook.name, "take one of them out of `plugins`")
    for leaf in leaves(cast("Schema", manifest.settings or NOTHING), above=("settings", manifest.name)):
        yield _Claim(
            "setting", leaf.variable, f"{leaf.variable} ({leaf.name})", "rename the setting of one of them"
        )
    for command in manifest.commands:
        yield _Claim("command", command.name, f"oms {command.name}", "rename the command of one of them")


def _rivalry(first: str, its: _Claim, second: str, other: _Claim) -> PluginError:
    claimed = its.shown if its.shown == other.shown else f"{its.shown} and {other.shown}"
    return PluginError(
        _CODES[its.kind],
        f"plugins {first!r} and {second!r} both claim the {its.kind} {claimed}",
        hint=other.remedy,
    )
