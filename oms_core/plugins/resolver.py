"""The line in which plugins stand, from their manifests: by dependency, ties by name, never by accident."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType

from oms_core.errors import PluginError
from oms_core.plugins.discovery import Installed
from oms_core.plugins.rivals import rivals
from oms_core.plugins.roster import Degrades, Roster

Graph = Mapping[str, set[str]]


def resolve(
    installed: Sequence[Installed],
    chosen: Collection[str] | None,
    *,
    degrades: Degrades,
    elsewhere: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Roster:
    """Return the chosen plugins (None: all) in line, with every problem that their manifests show.

    Those of ``elsewhere`` stand in line as well, and are marked with their addresses: other processes run
    them. Nothing is imported and nothing raised: ``Roster.insist`` raises what must not be.
    """
    problems: dict[str, list[PluginError]] = defaultdict(list)
    by_name: dict[str, list[Installed]] = defaultdict(list)
    for one in installed:
        by_name[one.name].append(one)
    names = sorted(by_name if chosen is None else {*chosen, *elsewhere})
    for name in names:
        problems[name] += _fitness(name, by_name)
    present = {
        name: replace(by_name[name][0], elsewhere=elsewhere.get(name, ()))
        for name in names
        if name in by_name
    }
    for name, one in present.items():
        problems[name] += [*_repeated(one), *_missing(one, present, by_name, placed=bool(elsewhere))]
    graph = {name: _before(one, present) for name, one in present.items()}
    for circle in _circles(graph):
        for name in circle:
            problems[name].append(_circular(circle))
            graph[name] = set()
    line = [present[name] for name in in_line(graph)]
    roster = Roster(line, degrades=degrades)
    roster.note({name: found for name, found in problems.items() if found}, phase="manifest")
    # Who is off, by itself or with what it requires, claims nothing.
    sound = [
        one.manifest for one in line if one.manifest and not problems[one.name] and one.name not in roster.off
    ]
    roster.note(rivals(sound), phase="manifest")
    return roster


def in_line(graph: Graph) -> list[str]:
    """Return the names so that each stands behind those that ``graph`` gives for it, ties by name.

    Raises CycleError.
    """
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    line: list[str] = []
    ready: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()])
        name = ready.pop(0)
        line.append(name)
        sorter.done(name)
    return line


def refuse_unknown(name: str, installed: Collection[str]) -> None:
    """Raise PluginError, with the nearest right name, unless a plugin of that name is installed."""
    if name not in installed:
        raise _unknown(name, installed)


def _unknown(name: str, installed: Collection[str]) -> PluginError:
    near = difflib.get_close_matches(name, installed, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"pip install oms-{name.replace('_', '-')}"
    return PluginError("PLUGIN_UNKNOWN", f"no installed plugin is named {name!r}", hint=hint)


def _fitness(name: str, by_name: Mapping[str, Sequence[Installed]]) -> list[PluginError]:
    """Say what is wrong with the plugin of that name on its own."""
    found = by_name.get(name, [])
    if not found:
        return [_unknown(name, by_name)]
    if len(found) > 1:
        owners = [one.distribution for one in found]
        return [
            PluginError(
                "PLUGIN_DUPLICATE",
                f"{len(found)} distributions offer a plugin named {name!r}: {', '.join(owners)}",
                hint=f"uninstall all but one of them: pip uninstall {owners[-1]}",
            )
        ]
    return [found[0].problem] if found[0].problem else []


def _repeated(one: Installed) -> list[PluginError]:
    named = [*one.requires, *one.after]
    return [
        PluginError(
            "PLUGIN_REPEATED",
            f"plugin {one.name!r} names {wanted!r} {named.count(wanted)} times in `requires` and `after`",
            hint=f"name {wanted!r} once, in `requires`, in the class of {one.name!r}; then:  oms generate",
        )
        for wanted in dict.fromkeys(named)
        if named.count(wanted) > 1
    ]


def _missing(
    one: Installed,
    present: Mapping[str, Installed],
    by_name: Mapping[str, Sequence[Installed]],
    *,
    placed: bool,
) -> list[PluginError]:
    if placed and not one.elsewhere:
        return [_unplaced(one.name, wanted) for wanted in one.requires if wanted not in present]
    if one.elsewhere:
        return []  # what it needs is for its own process to find
    return [
        PluginError(
            "PLUGIN_MISSING",
            f"plugin {one.name!r} requires {wanted!r}, which "
            + ("is installed but not chosen" if wanted in by_name else "is not installed"),
            hint=f"name {wanted!r} in `plugins`"
            if wanted in by_name
            else f"pip install oms-{wanted.replace('_', '-')}, or take {one.name!r} out of `plugins`",
        )
        for wanted in one.requires
        if wanted not in present
    ]


def _unplaced(name: str, wanted: str) -> PluginError:
    return PluginError(
        "PLUGIN_UNPLACED",
        f"plugin {name!r} requires {wanted!r}, which neither runs in this process nor has an address",
        hint=f"name {wanted!r} in `serve` of a bundle, or say where it is:  [remotes.{wanted}] address=[...]",
    )


def _before(one: Installed, present: Mapping[str, Installed]) -> set[str]:
    return {*one.requires, *one.after} & set(present)


def _circles(graph: Graph) -> list[list[str]]:
    """Return every circle, each by the names in it; a plugin is named in one only."""
    left = {name: set(before) for name, before in graph.items()}
    circles: list[list[str]] = []
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            # graphlib gives the circle as "is before"; read backwards it says "stands on".
            names = list(reversed(error.args[1][:-1]))
            first = names.index(min(names))
            circles.append([*names[first:], *names[:first]])
            left = {name: before - set(names) for name, before in left.items() if name not in names}
        else:
            return circles


def _circular(circle: Sequence[str]) -> PluginError:
    return PluginError(
        "PLUGIN_CIRCLE",
        f"plugins require each other in a circle: {' → '.join([*circle, circle[0]])}",
        hint="let one of them react to the other's events instead of requiring it",
    )
