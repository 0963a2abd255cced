"""What each plugin lets an operator set, as its manifest says; no plugin is imported."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from oms_core.config.schema import ANYTHING, NOTHING, Schema, inlined
from oms_core.plugins.discovery import Installed, discover


def settings_schemas(names: Collection[str] | None) -> Mapping[str, Schema]:
    """Return the settings schema of each plugin in ``names`` (None: of every installed one), by name.

    A plugin that is not there, or whose manifest nobody can read, is not the settings' business: it may
    hold anything here, and whoever starts it says what is wrong with it.
    """
    installed = {one.name: one for one in discover()}
    return {name: _schema(installed.get(name)) for name in (installed if names is None else names)}


def _schema(installed: Installed | None) -> Schema:
    if installed is None or installed.manifest is None:
        return ANYTHING
    settings = installed.manifest.settings
    return NOTHING if settings is None else inlined(settings)
