"""The JSON value of each scalar where it is not compiled, and what null means."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any, cast

from oms_wire import durations, moments
from oms_wire.enums import names_of
from oms_wire.fields import DURATION, ENUM, MESSAGE, TIMESTAMP, Field
from oms_wire.numbers import double_json, float_json

NULL = "NULL_VALUE"
"""The name of the only value of google.protobuf.NullValue."""
_VALUE = "google.protobuf.Value"

_QUOTED = {"int64", "sint64", "sfixed64", "uint64", "fixed64"}
_WRITERS: Mapping[str, Callable[[Any], object]] = {
    **dict.fromkeys(_QUOTED, lambda value: str(int(value))),
    "bytes": lambda value: b64encode(value).decode(),
    "float": float_json,
    "double": double_json,
    TIMESTAMP: moments.to_text,
    DURATION: durations.to_text,
}


def takes_null(field: Field) -> bool:
    """Say whether null is a value of the field, and not its absence."""
    if field.repeated:
        return False
    if field.kind == ENUM:
        return NULL in names_of(cast("type[IntEnum]", field.of)).numbers
    return field.kind == MESSAGE and getattr(field.of, "_NAME", "") == _VALUE


def write(kind: str, value: Any) -> object:
    """Return the JSON value of a scalar; raises EncodeError."""
    writer = _WRITERS.get(kind)
    return value if writer is None else writer(value)


def write_key(value: object) -> str:
    """Return the text of a map's key."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
