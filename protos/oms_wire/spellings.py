"""The legal JSON spellings of each scalar type; every reader raises ValueError that says what is wrong."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from typing import TypeVar

from oms_wire import durations, moments
from oms_wire.enums import names_of
from oms_wire.fields import DURATION, TIMESTAMP
from oms_wire.numbers import (
    INT32_MAX,
    INT32_MIN,
    INT64_MAX,
    INT64_MIN,
    UINT32_MAX,
    UINT64_MAX,
    rounded_to_float,
)

E = TypeVar("E", bound=IntEnum)

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}", re.ASCII)
_LONGEST_NUMBER = 64
_WORDS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


def read_string(value: object) -> str:
    """Read text."""
    if not isinstance(value, str):
        raise ValueError(f"must be text, not {_show(value)}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a surrogate pair, which is no text") from None
    return value


def read_bytes(value: object) -> bytes:
    """Read base64 in either alphabet, padded or not; bytes are taken as they are."""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str) or _BASE64.fullmatch(value) is None:
        raise ValueError(f"must be base64 in text, not {_show(value)}")
    digits = value.rstrip("=").replace("+", "-").replace("/", "_")
    if len(digits) % 4 == 1:
        raise ValueError(f"must be base64 in text, not {_show(value)}")
    return urlsafe_b64decode(digits + "=" * (-len(digits) % 4))


def read_bool(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {_show(value)}")
    return value


def read_int32(value: object) -> int:
    """Read a signed number of 32 bits."""
    return _integer(value, INT32_MIN, INT32_MAX)


def read_uint32(value: object) -> int:
    """Read an unsigned number of 32 bits."""
    return _integer(value, 0, UINT32_MAX)


def read_int64(value: object) -> int:
    """Read a signed number of 64 bits."""
    return _integer(value, INT64_MIN, INT64_MAX)


def read_uint64(value: object) -> int:
    """Read an unsigned number of 64 bits."""
    return _integer(value, 0, UINT64_MAX)


def read_double(value: object) -> float:
    """Read a number, or the words NaN, Infinity and -Infinity."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"must be a number, not {_show(value)}")
    if isinstance(value, float):
        return value
    if isinstance(value, str) and value in _WORDS:
        return _WORDS[value]
    if isinstance(value, str) and _NUMBER.fullmatch(value) is None:
        raise ValueError(f"must be a number, not {_show(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = _WORDS["Infinity"]
    if abs(number) == _WORDS["Infinity"]:
        raise ValueError(f"is more than a double holds: {_show(value)}")
    return number


def read_float(value: object) -> float:
    """Read as ``read_double`` does, rounded to 32 bits."""
    try:
        return rounded_to_float(read_double(value))
    except OverflowError:
        raise ValueError(f"is more than a float holds: {_show(value)}") from None


def read_timestamp(value: object) -> datetime:
    """Read RFC 3339 text; an aware datetime is taken as it is."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("has no time zone")
        return value
    if not isinstance(value, str):
        raise ValueError(f"must be an RFC 3339 time in text, not {_show(value)}")
    return moments.from_text(value)


def read_duration(value: object) -> timedelta:
    """Read seconds in text; a timedelta is taken as it is."""
    if isinstance(value, timedelta):
        durations.to_text(value)
        return value
    if not isinstance(value, str):
        raise ValueError(f"must be a duration such as 1.5s in text, not {_show(value)}")
    return durations.from_text(value)


def read_enum(kind: type[E], value: object) -> E:
    """Read an enum by its name in the contract, or by number."""
    if isinstance(value, str):
        numbers = names_of(kind).numbers
        if value not in numbers:
            raise ValueError(f"is {_show(value)}, which is none of {', '.join(numbers)}")
        return kind(numbers[value])
    return kind(read_int32(value))


READERS: Mapping[str, Callable[[object], object]] = {
    "string": read_string,
    "bytes": read_bytes,
    "bool": read_bool,
    **dict.fromkeys(("int32", "sint32", "sfixed32"), read_int32),
    **dict.fromkeys(("uint32", "fixed32"), read_uint32),
    **dict.fromkeys(("int64", "sint64", "sfixed64"), read_int64),
    **dict.fromkeys(("uint64", "fixed64"), read_uint64),
    "float": read_float,
    "double": read_double,
    TIMESTAMP: read_timestamp,
    DURATION: read_duration,
}
"""The reader of each kind of field that holds neither a message nor an enum."""


def read_key(kind: str, value: object) -> object:
    """Read the key of a map, which is text whatever its kind; a key of its kind is taken as it is."""
    if kind == "bool" and isinstance(value, str):
        if value not in {"true", "false"}:
            raise ValueError(f"has the key {_show(value)}, which is neither true nor false")
        return value == "true"
    try:
        return READERS[kind](value)
    except ValueError as error:
        raise ValueError(f"has a key that {error}") from None


def _integer(value: object, least: int, most: int) -> int:
    number: int | float | Decimal
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"must be a whole number, not {_show(value)}")
    if isinstance(value, str):
        if len(value) > _LONGEST_NUMBER or _NUMBER.fullmatch(value) is None:
            raise ValueError(f"must be a whole number, not {_show(value)}")
        number = Decimal(value)
    else:
        number = value
    # The range first: a number such as 1e999999999 is never written out.
    if not least <= number <= most:
        raise ValueError(f"must be from {least} to {most}, not {_show(value)}")
    if number != int(number):
        raise ValueError(f"must be a whole number, not {_show(value)}")
    return int(number)


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_NUMBER else text[: _LONGEST_NUMBER - 1] + "…"
