"""The line in which plugins stand: by dependency, ties by name, never by import accident."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from oms_core.errors import PluginError
from oms_core.plugins.plugin import Plugin


def in_dependency_order(plugins: Iterable[Plugin]) -> list[Plugin]:
    """Return the plugins so that each comes after what it requires and what it is to follow.

    Raises PluginError that names every missing requirement, or the circle.
    """
    by_name = {plugin.name: plugin for plugin in plugins}
    missing = [
        f"{plugin.name!r} requires {wanted!r}"
        for plugin in by_name.values()
        for wanted in plugin.requires
        if wanted not in by_name
    ]
    if missing:
        raise PluginError(
            "PLUGIN_MISSING",
            "plugins are missing: " + "; ".join(sorted(missing)),
            hint="install them and name them in `plugins`, or take out what requires them",
        )
    sorter = TopologicalSorter(
        {name: {*plugin.requires, *(set(plugin.after) & set(by_name))} for name, plugin in by_name.items()}
    )
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        raise PluginError(
            "PLUGIN_CIRCLE",
            f"plugins require each other in a circle: {circle}",
            hint="let one of them react to the other's events instead of requiring it",
        ) from None
    line: list[Plugin] = []
    ready: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()])
        name = ready.pop(0)
        line.append(by_name[name])
        sorter.done(name)
    return line
