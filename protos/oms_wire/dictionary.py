"""Messages as Python dictionaries, for people, tests and tools; never on the way of a request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import betterproto2
from betterproto2 import Casing, OutputFormat

from oms_wire import moments
from oms_wire.fields import TIMESTAMP, Field, fields_of

_QUOTED = (betterproto2.TYPE_INT64,)


def to_dict(
    message: betterproto2.Message,
    *,
    output_format: OutputFormat,
    casing: Casing,
    include_default_values: bool,
) -> dict[str, Any]:
    """Return the fields of ``message``: JSON values, or the Python values as they are."""

    def single(field: Field, value: Any) -> object:
        if isinstance(value, betterproto2.Message):
            return value.to_dict(
                output_format=output_format, casing=casing, include_default_values=include_default_values
            )
        return value if output_format is OutputFormat.PYTHON else _json_value(field, value)

    result: dict[str, Any] = {}
    for field in fields_of(type(message)):
        value = getattr(message, field.name)
        is_default = value is None if field.presence else not value
        if is_default and not include_default_values:
            continue
        name = field.json_name if casing is Casing.CAMEL else field.proto_name
        if value is None:
            result[name] = None
        elif field.repeated:
            result[name] = [single(field, item) for item in value]
        else:
            result[name] = single(field, value)
    return result


def text_of(message: betterproto2.Message, hidden: frozenset[str]) -> str:
    """Return what ``repr`` shows: the fields that are set, without the content of the hidden ones."""
    parts = []
    for field in fields_of(type(message)):
        value = getattr(message, field.name)
        if value is not None if field.presence else value:
            parts.append(f"{field.name}={'<hidden>' if field.name in hidden else repr(value)}")
    return f"{type(message).__name__}({', '.join(parts)})"


def _json_value(field: Field, value: Any) -> object:
    if field.kind in _QUOTED:
        return str(int(value))
    if field.kind == TIMESTAMP and isinstance(value, datetime):
        return moments.to_text(value)
    if isinstance(value, betterproto2.Enum):
        return value.proto_name or int(value)
    return value
