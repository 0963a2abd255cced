"""Finding plugins: installed is not loaded, and loaded is not enabled."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from oms_core.errors import PluginError
from oms_core.plugins.plugin import API_VERSION, Plugin

GROUP = "oms.plugins"
"""The entry point group by which a distribution offers a plugin."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A plugin that some distribution offers; nothing of it is imported yet."""

    name: str
    distribution: str
    version: str
    entry_point: EntryPoint


def discover() -> dict[str, Installed]:
    """Return every installed plugin by name; raises PluginError when two share a name."""
    found: dict[str, Installed] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        owner, version = (entry.dist.name, entry.dist.version) if entry.dist else ("unknown", "0")
        known = found.get(entry.name)
        if known and known.entry_point.value != entry.value:
            raise PluginError(
                "PLUGIN_DUPLICATE",
                f"two distributions offer a plugin named {entry.name!r}: {known.distribution} and {owner}",
                hint=f"uninstall one of them: pip uninstall {owner}",
            )
        found[entry.name] = Installed(entry.name, owner, version, entry)
    return found


def choose(installed: dict[str, Installed], names: Collection[str] | None) -> Sequence[Installed]:
    """Return the plugins that ``names`` asks for (None: all), by name; raises PluginError."""
    if names is None:
        return list(installed.values())
    for name in names:
        if name not in installed:
            near = difflib.get_close_matches(name, installed, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"pip install oms-{name.replace('_', '-')}"
            raise PluginError("PLUGIN_UNKNOWN", f"no installed plugin is named {name!r}", hint=hint)
    return [installed[name] for name in sorted(set(names))]


def load(installed: Installed) -> Plugin:
    """Import a plugin and return it; raises PluginError that names it and the cause."""
    name, where = installed.name, installed.entry_point.value
    try:
        kind = installed.entry_point.load()
    except Exception as cause:
        raise PluginError(
            "PLUGIN_IMPORT",
            f"plugin {name!r} ({installed.distribution} {installed.version}) cannot be imported: "
            f"{type(cause).__name__}: {cause}",
            hint=f"python -c 'import {installed.entry_point.module}'; or take it out of `plugins`",
        ) from cause
    if not (isinstance(kind, type) and issubclass(kind, Plugin)):
        raise PluginError(
            "PLUGIN_KIND",
            f"plugin {name!r}: {where} is not a subclass of oms_core.plugins.Plugin",
            hint=f"correct the {GROUP} entry point of {installed.distribution}",
        )
    if kind.api != API_VERSION:
        raise PluginError(
            "PLUGIN_API",
            f"plugin {name!r} is written for plugin API {kind.api}, this runtime speaks {API_VERSION}",
            hint=f"install a version of {installed.distribution} for API {API_VERSION}",
        )
    return kind(name)
