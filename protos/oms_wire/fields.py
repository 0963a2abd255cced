"""What a generated class says about its fields: the table behind everything that is not compiled."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, cast

import betterproto2
from betterproto2 import FieldMetadata, ProtoClassMetadata

TIMESTAMP = "timestamp"
"""The kind of google.protobuf.Timestamp, which is a ``datetime`` and no message class here."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its names in Python, in the contract and in JSON, and what it holds.

    ``kind`` is betterproto2's name of the type, or TIMESTAMP; ``of`` is the class of a message or enum.
    ``presence`` says that an absent value differs from the type's default.
    """

    name: str
    proto_name: str
    json_name: str
    kind: str
    repeated: bool
    presence: bool
    sensitive: bool
    of: type[object]


@cache
def fields_of(kind: type[betterproto2.Message]) -> tuple[Field, ...]:
    """Return the fields of a generated class in the order of the contract."""
    renamed: dict[str, tuple[str, str]] = getattr(kind, "_RENAMED", {})
    sensitive: frozenset[str] = getattr(kind, "_SENSITIVE", frozenset())
    metadata: ProtoClassMetadata = cast("Any", kind)._betterproto  # noqa: SLF001 - there is no public door
    classes = metadata.cls_by_field
    found = []
    for entry in fields(cast("type[_Dataclass]", kind)):
        meta = FieldMetadata.get(entry)
        of = classes[entry.name]
        proto_name, json_name = renamed.get(entry.name) or (entry.name, json_name_of(entry.name))
        is_message = meta.proto_type == betterproto2.TYPE_MESSAGE
        found.append(
            Field(
                name=entry.name,
                proto_name=proto_name,
                json_name=json_name,
                kind=TIMESTAMP if is_message and of is datetime else meta.proto_type,
                repeated=bool(meta.repeated),
                presence=not meta.repeated and (is_message or bool(meta.optional)),
                sensitive=entry.name in sensitive,
                of=of,
            )
        )
    return tuple(found)


def json_name_of(proto_name: str) -> str:
    """Return the JSON name that protoc gives a field which asks for no other."""
    head, *tail = proto_name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)


@dataclass
class _Dataclass(betterproto2.Message):
    """What generated classes are to mypy here: messages and dataclasses."""
