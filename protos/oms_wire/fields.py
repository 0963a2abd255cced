"""What a generated class says about its fields: the table behind everything that is not compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oms_wire.message import Message

MESSAGE, ENUM = "message", "enum"
TIMESTAMP, DURATION = "timestamp", "duration"
"""The kinds of google.protobuf.Timestamp and Duration where they are a ``datetime`` and a ``timedelta``."""

_BY_NATURE = {MESSAGE, TIMESTAMP, DURATION}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its names in Python, in the contract and in JSON, and what it holds.

    ``kind`` is the contract's name of the type, or one of the constants above; ``of`` is the class of a
    message or enum. ``repeated`` holds for lists and for maps, whose keys are of the kind ``key``.
    ``presence`` says that an absent value differs from the type's default. ``wrapped`` is a scalar that
    travels as google.protobuf.StringValue and its kin.
    """

    name: str
    proto_name: str
    json_name: str
    number: int
    kind: str
    repeated: bool
    key: str
    oneof: str
    presence: bool
    wrapped: bool
    sensitive: bool
    of: type[object]


def field(
    name: str,
    number: int,
    kind: str,
    *,
    proto: str | None = None,
    json: str | None = None,
    of: type[object] = object,
    key: str = "",
    oneof: str = "",
    repeated: bool = False,
    optional: bool = False,
    wrapped: bool = False,
    sensitive: bool = False,
) -> Field:
    """Return a field; its names are told where they do not follow from its name in Python."""
    proto_name = name if proto is None else proto
    return Field(
        name=name,
        proto_name=proto_name,
        json_name=json_name_of(proto_name) if json is None else json,
        number=number,
        kind=kind,
        repeated=repeated or bool(key),
        key=key,
        oneof=oneof,
        presence=not repeated and not key and (optional or wrapped or bool(oneof) or kind in _BY_NATURE),
        wrapped=wrapped,
        sensitive=sensitive,
        of=of,
    )


_TABLES: dict[type, tuple[Field, ...]] = {}


def fields_of(kind: type[Message]) -> tuple[Field, ...]:
    """Return the fields of a generated class in the order of their numbers."""
    table = _TABLES.get(kind)
    if table is None:
        table = _TABLES[kind] = kind._fields()
    return table


def json_name_of(proto_name: str) -> str:
    """Return the JSON name that protoc gives a field which asks for no other."""
    head, *tail = proto_name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)
