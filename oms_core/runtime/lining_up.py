"""The chosen plugins in line, as the settings want them; from manifests, nothing is imported."""

from __future__ import annotations

from oms_core.config import Config
from oms_core.plugins.discovery import discover
from oms_core.plugins.resolver import resolve
from oms_core.plugins.roster import Roster


def line_up(config: Config) -> Roster:
    """Put the chosen plugins in line with all their problems; imports nothing, raises nothing."""
    return resolve(discover(), config.plugins, degrades=lambda name: degrades(config, name))


def degrades(config: Config, plugin: str) -> bool:
    """Say whether that plugin may be off while the others run."""
    return config.failure.get(plugin, config.on_failure) == "degrade"
