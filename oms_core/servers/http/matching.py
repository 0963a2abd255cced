"""Which path template a path matches: literals before variables, ``*`` before ``**``, verbs before values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from oms_wire.template import ONE, REST, Template

VERB_MARK = ":"


@dataclass(slots=True)
class _Leaf:
    """A template that ends at a node, and who serves it, by HTTP method.

    ``steps`` has, for each segment, the literals beside a wildcard and whether a value keeps its slashes;
    None for a literal.
    """

    template: Template
    steps: tuple[tuple[dict[str, _Node], bool] | None, ...]
    end: str
    owners: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    one: _Node | None = None
    rest: _Node | None = None
    leaves: dict[str, _Leaf] = field(default_factory=dict)


class Matcher:
    """The templates of one application, and the path under which Litestar routes what they match."""

    def __init__(self) -> None:
        self._root = _Node()
        self.is_tangled = False
        """Whether a path without verbs or escapes may need us: Litestar never goes back to try a variable."""

    def add(self, template: Template, method: str, owner: str) -> str:
        """Add a template and return who serves it with this HTTP method: ``owner``, or who came before."""
        node = self._root
        multiple = [range(v.start, v.end) for v in template.variables if template.is_multiple(v)]
        steps: list[tuple[dict[str, _Node], bool] | None] = []
        for at, segment in enumerate(template.segments):
            keeps_slashes = any(at in span for span in multiple)
            steps.append((node.literals, keeps_slashes) if segment in {ONE, REST} else None)
            if segment == REST:
                node.rest = child = node.rest or _Node()
            elif segment == ONE:
                node.one = child = node.one or _Node()
            else:
                child = node.literals.setdefault(segment, _Node())
            self.is_tangled = self.is_tangled or bool(node.rest or (node.literals and node.one))
            node = child
        end = verb_part(template)
        leaf = node.leaves.setdefault(template.verb, _Leaf(template, tuple(steps), end))
        return leaf.owners.setdefault(method, owner)

    def route(self, raw: str, method: str) -> str | None:
        """Return Litestar's path for ``raw``, a path as it was sent; None where no template matches."""
        segments = [segment for segment in raw.split("/") if segment]
        if segments and VERB_MARK in segments[-1]:
            head, _, verb = segments[-1].rpartition(VERB_MARK)
            if head and verb:
                # Where a verb is known, it is no part of a value.
                resource = [*segments[:-1], head]
                if leaf := self._find(resource, unquote(verb), method):
                    return _path(leaf, resource)
                leaf = self._find(segments, "", method)
                if leaf and method not in leaf.owners:
                    # It is a verb that nobody has, which is a 404, and no value that this method cannot take.
                    return f"{_path(leaf, segments)}/{VERB_MARK}{verb}"
                return _path(leaf, segments) if leaf else None
        leaf = self._find(segments, "", method)
        return _path(leaf, segments) if leaf else None

    def _find(self, segments: Sequence[str], verb: str, method: str) -> _Leaf | None:
        """Return the most literal template that matches and has the method, or else the most literal."""
        return _walk(self._root, segments, 0, verb, method) or _walk(self._root, segments, 0, verb, None)


def _path(leaf: _Leaf, segments: Sequence[str]) -> str:
    """Return the path under which Litestar finds the handler of a template, with the values of a path."""
    parts: list[str] = []
    for at, step in enumerate(leaf.steps):
        if step is None:
            parts.append(leaf.template.segments[at])
            continue
        literals, keeps_slashes = step
        if leaf.template.segments[at] == REST:
            parts.append(REST)
            if rest := segments[at:]:
                parts.append(_shielded("/".join([_decoded(value, keep_slashes=True) for value in rest])))
            break
        value = segments[at]
        if "%" in value or value[0] == VERB_MARK or value == REST:
            value = _shielded(_decoded(value, keep_slashes=keeps_slashes))
        parts.append(_escaped(value) if value in literals else value)
    return f"/{'/'.join(parts)}{leaf.end}"


def litestar_paths(template: Template) -> list[str]:
    """Return the paths under which Litestar routes a template's handler.

    A verb behind a variable becomes a segment of its own, ``**`` too, and what ``**`` spans is one
    segment behind it, whose slashes are escaped.
    """
    parts: list[str] = []
    paths: list[list[str]] = [parts]
    for at, segment in enumerate(template.segments):
        if segment == REST:
            parts.append(REST)
            paths.append([*parts, f"{{{template.parameters[at]}:str}}"])
        elif segment == ONE:
            parts.append(f"{{{template.parameters[at]}:str}}")
        else:
            parts.append(segment)
    return [f"/{'/'.join(path)}{verb_part(template)}" for path in paths]


def plain_value(value: str) -> str:
    """Return a path parameter as the caller meant it; what was ambiguous in a path comes escaped."""
    return unquote(value) if "%" in value else value


def verb_part(template: Template) -> str:
    """Return what the verb adds to Litestar's path: a segment behind a wildcard, else part of the last."""
    if not template.verb:
        return ""
    literal = template.segments and template.segments[-1] not in {ONE, REST}
    return f"{'' if literal else '/'}{VERB_MARK}{template.verb}"


def _walk(node: _Node, segments: Sequence[str], at: int, verb: str, method: str | None) -> _Leaf | None:
    """Return the most literal template below a node that is served with ``method``; None is any."""
    leaf = None
    if at == len(segments):
        leaf = node.leaves.get(verb)
        if leaf and method and method not in leaf.owners:
            leaf = None
    else:
        segment = segments[at]
        if child := node.literals.get(unquote(segment) if "%" in segment else segment):
            leaf = _walk(child, segments, at + 1, verb, method)
        if leaf is None and node.one is not None:
            leaf = _walk(node.one, segments, at + 1, verb, method)
    if leaf is None and node.rest is not None:
        leaf = node.rest.leaves.get(verb)
        if leaf and method and method not in leaf.owners:
            leaf = None
    return leaf


def _decoded(segment: str, *, keep_slashes: bool) -> str:
    if "%" not in segment:
        return segment
    if not keep_slashes:
        return unquote(segment)
    # Of a variable of several segments, %2F stays: it is no separator of them.
    return "%2F".join(unquote(part) for part in segment.replace("%2f", "%2F").split("%2F"))


def _shielded(value: str) -> str:
    """Escape what would be another path: slashes, the escape itself, what looks like a verb or a ``**``."""
    value = value.replace("%", "%25").replace("/", "%2F")
    return _escaped(value) if value.startswith(VERB_MARK) or value == REST else value


def _escaped(value: str) -> str:
    """Escape the first character, so that the value is no literal of a path."""
    return f"%{ord(value[0]):02X}{value[1:]}" if value[0] != "%" else value
