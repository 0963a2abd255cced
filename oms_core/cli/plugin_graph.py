"""Who stands on whom: edges between plugins, from their manifests, as lines and as Mermaid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from oms_core.plugins.manifest import Manifest

_WORDS = {"requires": "requires", "after": "comes after", "handles": "handles", "answers": "answers"}
_ARROWS = {"requires": "-->", "after": "-.->", "handles": "-. {} .->", "answers": "== {} ==>"}


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """``plugin`` requires, comes after, handles events of or answers hooks of ``other``: ``what`` of it."""

    plugin: str
    kind: str
    other: str
    what: list[str] = []


def edges_of(manifests: Sequence[Manifest]) -> list[Edge]:
    """Return every edge, plugin by plugin; what none of ``manifests`` declares has no edge."""
    present = {one.name for one in manifests}
    events = {event.name: one.name for one in manifests for event in one.events}
    hooks = {hook.name: one.name for one in manifests for hook in one.hooks}
    found: list[Edge] = []
    for one in manifests:
        found += [Edge(plugin=one.name, kind="requires", other=name) for name in one.requires]
        found += [Edge(plugin=one.name, kind="after", other=name) for name in one.after if name in present]
        heard = [name for process in one.processes for name in process.hears]
        wanted = dict.fromkeys([*(event.name for event in one.handles), *heard])
        handled = [(events.get(name), name) for name in wanted]
        answered = [(hooks.get(answer.hook), answer.hook.rpartition("/")[2]) for answer in one.answers]
        found += _grouped(one.name, "handles", handled) + _grouped(one.name, "answers", answered)
    return found


def lines(plugins: Sequence[str], edges: Sequence[Edge]) -> Iterator[str]:
    """Yield a small tree for each plugin."""
    for plugin in plugins:
        yield plugin
        mine = [edge for edge in edges if edge.plugin == plugin]
        for number, edge in enumerate(mine, 1):
            branch = "└─" if number == len(mine) else "├─"
            what = f": {', '.join(edge.what)}" if edge.what else ""
            yield f"{branch} {_WORDS[edge.kind]} {edge.other}{what}"


def mermaid(plugins: Sequence[str], edges: Sequence[Edge]) -> Iterator[str]:
    """Yield a Mermaid flowchart: solid is a requirement, dotted an event, thick an answer."""
    yield "flowchart LR"
    for plugin in plugins:
        yield f"    {plugin}"
    for edge in edges:
        yield f"    {edge.plugin} {_ARROWS[edge.kind].format(', '.join(edge.what))} {edge.other}"


def _grouped(plugin: str, kind: str, whose: Sequence[tuple[str | None, str]]) -> list[Edge]:
    others = dict.fromkeys(other for other, _ in whose if other)
    return [
        Edge(
            plugin=plugin,
            kind=kind,
            other=other,
            what=sorted(what for owner, what in whose if owner == other),
        )
        for other in others
    ]
