"""The rules of buf.validate as the renderers see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A duration in nanoseconds; ``exact`` where the classes of messages hold them all."""

    nanos: int
    exact: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A moment in nanoseconds since 1970; ``exact`` where the classes of messages hold them all."""

    nanos: int
    exact: bool = False


RuleValue = str | bytes | bool | int | float | Span | Moment | tuple[object, ...]
"""What a rule is set to, in Python; an enum's value is its number."""


class Ignore(Enum):
    """When the rules of a field do not hold."""

    UNSPECIFIED = 0
    """Where a field that knows absence is absent."""
    IF_ZERO_VALUE = 1
    ALWAYS = 3


class Shape(Enum):
    """How many values a field has."""

    SINGLE = "single"
    LIST = "list"
    MAP = "map"


@dataclass(frozen=True, slots=True)
class ValueType:
    """What one value is.

    ``kind`` is the name of its rules in ``buf.validate.FieldRules`` (``string``, ``sint64``, ``timestamp``),
    or ``message`` where there are none; ``message`` is the full name of the message to look into,
    ``enum`` are the names of an enum's values by number.
    """

    kind: str
    message: str = ""
    enum: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ValueRules:
    """The rules of one value, and of what it holds: the items of a list, the keys and entries of a map."""

    rules: Mapping[str, RuleValue] = field(default_factory=dict)
    required: bool = False
    ignore: Ignore = Ignore.UNSPECIFIED
    items: ValueRules | None = None
    keys: ValueRules | None = None
    entries: ValueRules | None = None
    cel: bool = False


@dataclass(frozen=True, slots=True)
class RuledField:
    """One field with its rules. ``presence`` says that it knows absence; ``key`` is the type of a map's keys.

    ``optional_together`` says that a message-level ``oneof`` names it: its zero value then counts as absent.
    """

    name: str
    python_name: str
    shape: Shape
    presence: bool
    value: ValueType
    rules: ValueRules
    key: ValueType | None = None
    optional_together: bool = False


@dataclass(frozen=True, slots=True)
class ExclusiveFields:
    """Fields of which at most one may be set, or exactly one where ``required``."""

    fields: tuple[RuledField, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class RequiredOneof:
    """A oneof of which a member has to be set."""

    name: str
    fields: tuple[RuledField, ...]


@dataclass(frozen=True, slots=True)
class MessageRules:
    """Every field of one message, and the rules of the message itself; ``cel``: some are in CEL."""

    full_name: str
    fields: tuple[RuledField, ...]
    exclusive: tuple[ExclusiveFields, ...] = ()
    oneofs: tuple[RequiredOneof, ...] = ()
    cel: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of all messages in reach by full name; ``ruled`` are those with any, here or deeper.

    ``cel`` are those with rules in CEL, here or deeper. With ``exact_times`` moments and spans are messages.
    """

    messages: Mapping[str, MessageRules] = field(default_factory=dict)
    ruled: frozenset[str] = frozenset()
    cel: frozenset[str] = frozenset()
    exact_times: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One rule in Python: its id, the condition under which it is broken, and what would be right."""

    rule: str
    broken: str
    message: str
