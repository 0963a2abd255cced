"""Which plugins take part, in which line, and what each of them registered; nothing runs yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from oms_core.config import Config, refuse_strangers, settings_of
from oms_core.errors import OmsError, PluginError
from oms_core.plugins import Installed, Plugin, Registration, Roster, load
from oms_core.plugins.description import describe, differences
from oms_core.plugins.registering import registration_of
from oms_core.runtime.lining_up import line_up
from oms_core.storage import PluginTables
from oms_core.storage.migrations import check


@dataclass(frozen=True, slots=True)
class Assembly:
    """The plugins in dependency order with what they registered and their settings, in the same order.

    ``roster`` says which of them take part: one that fails later, and may be off, stays in here.
    """

    roster: Roster
    loaded: Mapping[str, Plugin]
    registered: Mapping[str, Registration]
    settings: Mapping[str, msgspec.Struct]

    @property
    def plugins(self) -> Sequence[Plugin]:
        """Those that take part, in dependency order."""
        return [plugin for name, plugin in self.loaded.items() if self.roster.takes_part(name)]

    @property
    def registrations(self) -> Mapping[str, Registration]:
        """What those that take part registered, in dependency order."""
        return {plugin.name: self.registered[plugin.name] for plugin in self.plugins}

    @property
    def names(self) -> list[str]:
        """The names of those that take part, in dependency order."""
        return [plugin.name for plugin in self.plugins]

    def served_by(self) -> dict[str, str]:
        """Return the plugin of each service, by the service's full name, wherever it runs."""
        away = {
            service.name: one.name
            for one in self.roster.away
            if one.manifest
            for service in one.manifest.services
        }
        return away | {
            service.SERVICE: name
            for name, registration in self.registrations.items()
            for service in registration.services
        }


def assemble(config: Config, *, fresh: bool = True) -> Assembly:
    """Find, put in line, load and register the plugins.

    Raises PluginError or ConfigError that names whatever keeps them from starting: all that the manifests
    show at once, nothing imported; then what loading each of them shows. ``fresh``: manifests and
    migrations must be those of the code, which whoever is about to write them does not ask.
    """
    roster = line_up(config)
    roster.insist()
    others = {plugin for bundle in config.bundles.values() for plugin in bundle.serve}
    refuse_strangers(config, sorted({one.name for one in roster.line} | set(roster.off) | others))
    loaded: dict[str, Plugin] = {}
    registered: dict[str, Registration] = {}
    settings: dict[str, msgspec.Struct] = {}
    for installed in roster.here:
        if not roster.takes_part(installed.name):
            continue  # it was told meanwhile that what it requires is off
        try:
            plugin = load(installed)
            registration = registration_of(plugin)
            if fresh:
                _refuse_stale(installed, plugin, registration)
                check([kept(registration)])
            own = settings_of(config, plugin.name, plugin.settings)
        except OmsError as error:
            roster.note({installed.name: [error]}, phase="load")
            continue
        loaded[plugin.name], registered[plugin.name] = plugin, registration
        if own is not None:
            settings[plugin.name] = own
    roster.insist()
    return Assembly(roster, loaded, registered, settings)


def kept(registration: Registration) -> PluginTables:
    """Return what a plugin keeps."""
    return PluginTables(registration.plugin, tuple(registration.tables), registration.migrations)


def _refuse_stale(installed: Installed, plugin: Plugin, registration: Registration) -> None:
    assert installed.manifest is not None, "the roster has only plugins with a manifest"
    if stale := differences(installed.manifest, describe(plugin, registration)):
        raise PluginError(
            "MANIFEST_STALE",
            f"plugin {plugin.name!r} registers something else than its manifest says: {', '.join(stale)}",
            hint=f"run  oms generate  in the project of {installed.distribution}",
        )
