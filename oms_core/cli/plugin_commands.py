"""The commands that plugins add: known from manifests, imported one plugin at a time."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click

from oms_core.errors import PluginError
from oms_core.plugins.discovery import Installed, discover


@dataclass(frozen=True, slots=True)
class PluginCommands:
    """Every command of an installed plugin.

    ``helps`` has the line of help by name; ``notes`` say, a line each, what is wrong with the plugins that
    cannot be asked.
    """

    helps: Mapping[str, str]
    notes: Sequence[str]
    owners: Mapping[str, Sequence[Installed]]

    @staticmethod
    @functools.cache
    def installed() -> PluginCommands:
        """Read the manifests of this environment; imports no plugin."""
        helps: dict[str, str] = {}
        owners: dict[str, list[Installed]] = {}
        notes: list[str] = []
        for plugin in discover():
            if plugin.problem:
                notes.append(plugin.problem.message)
            for command in plugin.manifest.commands if plugin.manifest else ():
                helps.setdefault(command.name, command.help)
                owners.setdefault(command.name, []).append(plugin)
        return PluginCommands(helps, notes, owners)

    def command(self, name: str) -> click.Command | None:
        """Import the plugin that adds ``name`` and return the command; None when no plugin does.

        Raises PluginError when the plugin cannot be imported, when its manifest is not fresh, and when two
        plugins add a command of that name.
        """
        # Imported here: only a command that runs pays for a plugin.
        from oms_core.plugins.loading import load  # noqa: PLC0415
        from oms_core.plugins.registering import commands_of  # noqa: PLC0415

        owners = _taking_part(self.owners.get(name, ()))
        if not owners:
            return None
        if len(owners) > 1:
            rivals = " and ".join(f"{owner.name!r} ({owner.distribution})" for owner in owners)
            raise PluginError(
                "COMMAND_RIVALS",
                f"plugins {rivals} both claim the command oms {name}",
                hint="rename the command of one of them, or uninstall it",
            )
        added = {command.name: command for command in commands_of(load(owners[0]))}
        if name not in added:
            raise PluginError(
                "MANIFEST_STALE",
                f"plugin {owners[0].name!r} has no command {name!r}, though its manifest says so",
                hint=f"run  oms generate  in the project of {owners[0].distribution}",
            )
        return added[name]


def _taking_part(owners: Sequence[Installed]) -> Sequence[Installed]:
    """Return those of several that are chosen; a single one, or none of them chosen, stands for itself."""
    if len(owners) < 2:  # noqa: PLR2004 - nobody to choose between, so no settings are read
        return owners
    from oms_core.config import load_config  # noqa: PLC0415 - as above
    from oms_core.plugins.settings import settings_schemas  # noqa: PLC0415 - as above

    chosen = load_config(environ=os.environ, plugins=settings_schemas).plugins
    return [owner for owner in owners if chosen is None or owner.name in chosen] or owners
