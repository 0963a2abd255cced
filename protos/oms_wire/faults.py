"""Finds which field keeps a message from being written, after the quick way has failed."""

from __future__ import annotations

from typing import Any

import betterproto2

from oms_wire.errors import EncodeError
from oms_wire.fields import Field, fields_of
from oms_wire.spellings import READERS

_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    betterproto2.TYPE_STRING: (str,),
    betterproto2.TYPE_BOOL: (bool,),
    betterproto2.TYPE_INT32: (int,),
    betterproto2.TYPE_UINT32: (int,),
    betterproto2.TYPE_INT64: (int,),
    betterproto2.TYPE_ENUM: (int,),
}


def find(message: betterproto2.Message) -> EncodeError | None:
    """Return an error with the path of the first field that holds what its type cannot."""
    return _in_message(message, type(message).__name__)


def _in_message(message: betterproto2.Message, path: str) -> EncodeError | None:
    for field in fields_of(type(message)):
        value = getattr(message, field.name)
        where = f"{path}.{field.name}"
        if field.presence and value is None:
            continue
        if field.repeated and not isinstance(value, list | tuple):
            return EncodeError(f"{where}: {_shown(field, value)} is not a list")
        items = (
            [(f"{where}[{index}]", item) for index, item in enumerate(value)]
            if field.repeated
            else [(where, value)]
        )
        for spot, item in items:
            if fault := _in_value(field, item, spot):
                return fault
    return None


def _in_value(field: Field, value: Any, path: str) -> EncodeError | None:
    if field.kind == betterproto2.TYPE_MESSAGE:
        if not isinstance(value, field.of):
            return EncodeError(f"{path}: {_shown(field, value)} is not of the type {field.of.__name__}")
        return _in_message(value, path) if isinstance(value, betterproto2.Message) else None
    kinds = _PYTHON_TYPES.get(field.kind, (field.of,))
    if not isinstance(value, kinds):
        return EncodeError(f"{path}: {_shown(field, value)} is not of the type {kinds[0].__name__}")
    try:
        READERS["int32" if field.kind == betterproto2.TYPE_ENUM else field.kind](value)
    except ValueError as error:
        return EncodeError(f"{path}: {'the value is not allowed here' if field.sensitive else error}")
    return None


def _shown(field: Field, value: Any) -> str:
    return "the value" if field.sensitive else repr(value)
