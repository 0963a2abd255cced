"""The ranges of whole numbers, and how the fast path writes and reads them in proto3 JSON."""

from __future__ import annotations

from typing import Annotated

import msgspec

from oms_wire.errors import EncodeError

INT32_MIN, INT32_MAX = -(1 << 31), (1 << 31) - 1
INT64_MIN, INT64_MAX = -(1 << 63), (1 << 63) - 1
UINT32_MAX = (1 << 32) - 1

Int32 = Annotated[int, msgspec.Meta(ge=INT32_MIN, le=INT32_MAX)]
UInt32 = Annotated[int, msgspec.Meta(ge=0, le=UINT32_MAX)]


def int32(value: int) -> int:
    """Return ``value`` unchanged; raises EncodeError when 32 signed bits do not hold it."""
    if INT32_MIN <= value <= INT32_MAX:
        return value
    raise EncodeError(f"{value} is not an int32")


def uint32(value: int) -> int:
    """Return ``value`` unchanged; raises EncodeError when 32 unsigned bits do not hold it."""
    if 0 <= value <= UINT32_MAX:
        return value
    raise EncodeError(f"{value} is not a uint32")


def int64_text(value: int) -> str:
    """Return the decimal digits that stand for an int64; raises EncodeError when it is none."""
    if INT64_MIN <= value <= INT64_MAX:
        return str(int(value))
    raise EncodeError(f"{value} is not an int64")


def int64(value: str | int) -> int:
    """Read an int64 in its plain spellings; raises ValueError for the exact path to look at."""
    number = int(value)
    if INT64_MIN <= number <= INT64_MAX and (number == value or str(number) == value):
        return number
    raise ValueError(value)
