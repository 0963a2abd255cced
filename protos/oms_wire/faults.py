"""Finds which field keeps a message from being written, after the quick way has failed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from oms_wire.errors import EncodeError
from oms_wire.fields import DURATION, ENUM, MESSAGE, TIMESTAMP, Field, fields_of
from oms_wire.known.json import KnownJson
from oms_wire.spellings import READERS

if TYPE_CHECKING:
    from oms_wire.message import Message

_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "bytes": (bytes,),
    "bool": (bool,),
    "float": (float, int),
    "double": (float, int),
    TIMESTAMP: (datetime,),
    DURATION: (timedelta,),
}
_WHOLE = (int,)


def find(message: Message) -> EncodeError | None:
    """Return an error with the path of the first field that holds what its type cannot."""
    return _in_message(message, type(message).__name__)


def _in_message(message: Message, path: str) -> EncodeError | None:
    oneofs: dict[str, str] = {}
    for field in fields_of(type(message)):
        value = getattr(message, field.name)
        where = f"{path}.{field.name}"
        if field.presence and value is None:
            continue
        if field.oneof and oneofs.setdefault(field.oneof, field.name) != field.name:
            both = f"{oneofs[field.oneof]} and {field.name}"
            return EncodeError(f"{path}.{field.oneof}: {both} are both set, and only one of them may be")
        expected = dict if field.key else list | tuple
        if field.repeated and not isinstance(value, expected):
            return EncodeError(f"{where}: {_shown(field, value)} is not a {'dict' if field.key else 'list'}")
        for spot, kind, item in _items(field, value, where):
            if fault := _in_value(field, kind, item, spot):
                return fault
    if isinstance(message, KnownJson):
        return _in_known(message, path)
    return None


def _in_known(message: KnownJson, path: str) -> EncodeError | None:
    try:
        message._to_wire()
    except (EncodeError, ValueError) as error:
        return EncodeError(f"{path}: {error}")
    return None


def _items(field: Field, value: Any, where: str) -> Iterator[tuple[str, str, Any]]:
    """Give each single value with its path and kind."""
    if field.key:
        for key, item in value.items():
            yield f"{where}, the key {'<hidden>' if field.sensitive else repr(key)}", field.key, key
            yield f"{where}[{'<hidden>' if field.sensitive else repr(key)}]", field.kind, item
    elif field.repeated:
        for index, item in enumerate(value):
            yield f"{where}[{index}]", field.kind, item
    else:
        yield where, field.kind, value


def _in_value(field: Field, kind: str, value: Any, path: str) -> EncodeError | None:
    if kind == MESSAGE:
        if not isinstance(value, field.of):
            return EncodeError(f"{path}: {_shown(field, value)} is not of the type {field.of.__name__}")
        return _in_message(cast("Message", value), path)
    types = _PYTHON_TYPES.get(kind, _WHOLE)
    if not isinstance(value, types):
        return EncodeError(f"{path}: {_shown(field, value)} is not of the type {types[0].__name__}")
    try:
        READERS["int32" if kind == ENUM else kind](value)
    except (ValueError, EncodeError) as error:
        return EncodeError(f"{path}: {'the value is not allowed here' if field.sensitive else error}")
    return None


def _shown(field: Field, value: Any) -> str:
    return "the value" if field.sensitive else repr(value)
