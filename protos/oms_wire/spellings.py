"""The legal JSON spellings of each scalar type; every reader raises ValueError that says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

import betterproto2

from oms_wire import moments
from oms_wire.fields import TIMESTAMP
from oms_wire.numbers import INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, UINT32_MAX

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_LONGEST_NUMBER = 64


def read_string(value: object) -> str:
    """Read text."""
    if not isinstance(value, str):
        raise ValueError(f"must be text, not {_show(value)}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a surrogate pair, which is no text") from None
    return value


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


def read_timestamp(value: object) -> datetime:
    """Read RFC 3339 text; an aware datetime is taken as it is."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("has no time zone")
        return value
    if not isinstance(value, str):
        raise ValueError(f"must be an RFC 3339 time in text, not {_show(value)}")
    return moments.from_text(value)


def read_enum(kind: type[betterproto2.Enum], value: object) -> betterproto2.Enum:
    """Read an enum by its name in the contract, or by number."""
    if isinstance(value, str):
        number = kind.betterproto_renamed_proto_names_to_value().get(value)
        if number is None:
            names = ", ".join(kind.betterproto_renamed_proto_names_to_value())
            raise ValueError(f"is {_show(value)}, which is none of {names}")
        return kind(number)
    return kind(read_int32(value))


READERS: Mapping[str, Callable[[object], object]] = {
    betterproto2.TYPE_STRING: read_string,
    betterproto2.TYPE_BOOL: read_bool,
    betterproto2.TYPE_INT32: read_int32,
    betterproto2.TYPE_UINT32: read_uint32,
    betterproto2.TYPE_INT64: read_int64,
    TIMESTAMP: read_timestamp,
}
"""The reader of each kind of field that holds neither a message nor an enum."""


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
