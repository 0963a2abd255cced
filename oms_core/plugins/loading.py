"""Importing a plugin, once its manifest has said that it fits."""

from __future__ import annotations

from oms_core.errors import PluginError
from oms_core.plugins.discovery import GROUP, Installed
from oms_core.plugins.manifest import API_VERSION
from oms_core.plugins.plugin import Plugin


def load(installed: Installed) -> Plugin:
    """Import a plugin and return it; raises PluginError that names it and the cause."""
    name, where = installed.name, installed.entry_point.value
    owner = f"{installed.distribution} {installed.version}"
    try:
        kind = installed.entry_point.load()
    except (Exception, SystemExit) as cause:  # whatever a stranger's module does while it is imported
        raise PluginError(
            "PLUGIN_IMPORT",
            f"plugin {name!r} ({owner}) cannot be imported: {type(cause).__name__}: {cause}",
            hint=f"python -c 'import {installed.entry_point.module}'; or take it out of `plugins`",
        ) from cause
    if not (isinstance(kind, type) and issubclass(kind, Plugin)):
        raise PluginError(
            "PLUGIN_KIND",
            f"plugin {name!r} ({owner}): {where} is not a subclass of oms_core.plugins.Plugin",
            hint=f"correct the {GROUP} entry point of {installed.distribution}",
        )
    if kind.api != API_VERSION:
        raise PluginError(
            "PLUGIN_API",
            f"plugin {name!r} ({owner}) is written for plugin API {kind.api}, "
            f"this runtime speaks {API_VERSION}",
            hint=f"install a version of {installed.distribution} for API {API_VERSION}",
        )
    return _made(kind, name, owner)


def _made(kind: type[Plugin], name: str, owner: str) -> Plugin:
    problem, cause = "its __init__ does not say  super().__init__(name)", None
    try:
        plugin = kind(name)
        if getattr(plugin, "name", None) == name:
            return plugin
    except (Exception, SystemExit) as error:  # whatever a stranger's constructor does
        problem, cause = f"{type(error).__name__}: {error}", error
    raise PluginError(
        "PLUGIN_BUILD",
        f"plugin {name!r} ({owner}): {kind.__name__} cannot be built: {problem}",
        hint=f"correct __init__ of {kind.__name__} in {kind.__module__}; what may fail belongs into a setup",
    ) from cause
