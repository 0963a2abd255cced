"""Path templates of google.api.http: ``/v1/{name=shelves/*}/books/{book.id}:verb``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

ONE, REST = "*", "**"
"""The wildcards: one segment that is not empty, and all that are left, be it none."""

_TOKEN = re.compile(r"/|\*\*|\*|\{|\}|=|:|[\w.~@+$!,;&'()-]+", re.ASCII)
_FIELD_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)


class TemplateError(ValueError):
    """Raised for a text that is no path template; says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable: the path of the request's field, and which segments it spans (up to ``end``)."""

    field: str
    start: int
    end: int


@dataclass(frozen=True)
class Template:
    """A template in parts: each segment is a literal, ``*`` or ``**``, whether or not a variable spans it."""

    segments: tuple[str, ...]
    variables: tuple[Variable, ...]
    verb: str

    @property
    def shape(self) -> str:
        """What decides which paths it matches: two templates of one shape match the same."""
        return "/" + "/".join(self.segments) + (f":{self.verb}" if self.verb else "")

    def is_multiple(self, variable: Variable) -> bool:
        """Say whether a variable is more than one segment, whose ``%2F`` then stays as it is."""
        return self.segments[variable.start : variable.end] != (ONE,)

    @cached_property
    def parameters(self) -> dict[int, str]:
        """The name of each wildcard's path parameter, by its place among the segments."""
        names: dict[int, str] = {}
        taken: set[str] = set()
        for variable in self.variables:
            name = variable.field.replace(".", "_")
            wild = [at for at in range(variable.start, variable.end) if self.segments[at] in {ONE, REST}]
            for number, at in enumerate(wild, start=1):
                names[at] = _free(f"{name}_{number}" if self.is_multiple(variable) else name, taken)
        for at, segment in enumerate(self.segments):
            if segment in {ONE, REST} and at not in names:
                names[at] = _free(f"any_{at + 1}", taken)
        return names


def parse(text: str) -> Template:
    """Return the template that ``text`` spells; raises TemplateError."""
    return _Parser(text).template()


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _TOKEN.findall(text)
        self._at = 0
        self._segments: list[str] = []
        self._variables: list[Variable] = []
        if "".join(self._tokens) != text or not text.startswith("/"):
            raise TemplateError("is made of /words, /{fields}, * and **, and an optional :verb")

    def template(self) -> Template:
        self._take("/")
        verb = ""
        if self._peek():
            self._sequence(inside=False)
        if self._peek() == ":":
            self._take(":")
            verb = self._word("a verb")
        if self._peek():
            raise TemplateError(f"has {self._peek()!r} where a / or a :verb may stand")
        if REST in self._segments[:-1]:
            raise TemplateError("has ** before its end, where nothing but a :verb may follow it")
        fields = [variable.field for variable in self._variables]
        if repeated := next((field for field in fields if fields.count(field) > 1), None):
            raise TemplateError(f"names {repeated} twice")
        return Template(tuple(self._segments), tuple(self._variables), verb)

    def _sequence(self, *, inside: bool) -> None:
        self._segment(inside=inside)
        while self._peek() == "/":
            self._take("/")
            self._segment(inside=inside)

    def _segment(self, *, inside: bool) -> None:
        found = self._peek()
        if found == "{":
            if inside:
                raise TemplateError("has a variable inside a variable")
            self._variable()
        elif found in {ONE, REST}:
            self._take(found)
            self._segments.append(found)
        else:
            self._segments.append(self._word("a segment"))

    def _variable(self) -> None:
        self._take("{")
        field = self._word("the name of a field")
        if _FIELD_PATH.fullmatch(field) is None:
            raise TemplateError(f"names {field!r}, which is no path of a field")
        start = len(self._segments)
        if self._peek() == "=":
            self._take("=")
            self._sequence(inside=True)
        else:
            self._segments.append(ONE)
        self._take("}")
        self._variables.append(Variable(field, start, len(self._segments)))

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, token: str) -> None:
        if self._peek() != token:
            raise TemplateError(
                f"has {self._peek()!r} where {token} belongs"
                if self._peek()
                else f"ends where {token} belongs"
            )
        self._at += 1

    def _word(self, what: str) -> str:
        found = self._peek()
        if not found or found == REST or found in set("/*:={}"):
            raise TemplateError(
                f"has {found!r} where {what} belongs" if found else f"ends where {what} belongs"
            )
        self._at += 1
        return found
