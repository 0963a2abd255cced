"""Messages as Python dictionaries, for people, tests and tools; never on the way of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from betterproto2 import Casing, OutputFormat

from oms_wire import json_values
from oms_wire.enums import names_of
from oms_wire.fields import ENUM, MESSAGE, Field, fields_of
from oms_wire.known.json import KnownJson

if TYPE_CHECKING:
    from oms_wire.message import Message


def to_dict(
    message: Message,
    *,
    output_format: OutputFormat,
    casing: Casing,
    include_default_values: bool,
) -> Any:
    """Return the fields of ``message``: JSON values, or the Python values as they are.

    A message whose JSON is no object, such as google.protobuf.Value, gives what its JSON is.
    """
    if isinstance(message, KnownJson):
        return message._to_wire()
    python = output_format is OutputFormat.PYTHON

    def single(field: Field, value: Any) -> object:
        if field.kind == MESSAGE:
            return value.to_dict(
                output_format=output_format, casing=casing, include_default_values=include_default_values
            )
        return value if python else _json_value(field, value)

    result: dict[str, Any] = {}
    for field in fields_of(type(message)):
        value = getattr(message, field.name)
        if not is_set(field, value) and not (include_default_values and not field.oneof):
            continue
        name = field.json_name if casing is Casing.CAMEL else field.proto_name
        if value is None:
            if not json_values.takes_null(field):
                result[name] = None
        elif field.key:
            result[name] = {
                key if python else json_values.write_key(key): single(field, item)
                for key, item in value.items()
            }
        elif field.repeated:
            result[name] = [single(field, item) for item in value]
        else:
            result[name] = single(field, value)
    return result


def text_of(message: Message) -> str:
    """Return what ``repr`` shows: the fields that are set, without the content of sensitive ones."""
    parts = []
    for field in fields_of(type(message)):
        value = getattr(message, field.name)
        if is_set(field, value):
            parts.append(f"{field.name}={'<hidden>' if field.sensitive else repr(value)}")
    return f"{type(message).__name__}({', '.join(parts)})"


def is_set(field: Field, value: object) -> bool:
    """Say whether a value differs from what an absent field means."""
    return value is not None if field.presence else bool(value) or _is_minus_zero(value)


def _is_minus_zero(value: object) -> bool:
    return isinstance(value, float) and str(value) == "-0.0"


def _json_value(field: Field, value: Any) -> object:
    if field.kind == ENUM:
        names = names_of(field.of)  # type: ignore[arg-type]
        return None if json_values.NULL in names.numbers else names.text(value)
    return json_values.write(field.kind, value)
