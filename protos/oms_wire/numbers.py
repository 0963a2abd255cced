"""The ranges of numbers, and how the fast path writes and reads them in proto3 JSON."""

from __future__ import annotations

from math import copysign, isfinite
from struct import Struct
from typing import Annotated

import msgspec

from oms_wire.errors import EncodeError

INT32_MIN, INT32_MAX = -(1 << 31), (1 << 31) - 1
INT64_MIN, INT64_MAX = -(1 << 63), (1 << 63) - 1
UINT32_MAX, UINT64_MAX = (1 << 32) - 1, (1 << 64) - 1

Int32 = Annotated[int, msgspec.Meta(ge=INT32_MIN, le=INT32_MAX)]
UInt32 = Annotated[int, msgspec.Meta(ge=0, le=UINT32_MAX)]

_FLOAT = Struct("<f")
_EXACT_AS_FLOAT = 1 << 24
_GREATEST = float.fromhex("0x1.fffffep+127")
_WORDS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


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


def uint64_text(value: int) -> str:
    """Return the decimal digits that stand for a uint64; raises EncodeError when it is none."""
    if 0 <= value <= UINT64_MAX:
        return str(int(value))
    raise EncodeError(f"{value} is not a uint64")


def int64(value: str | int) -> int:
    """Read an int64 in its plain spellings; raises ValueError for the exact path to look at."""
    number = int(value)
    if INT64_MIN <= number <= INT64_MAX and (number == value or str(number) == value):
        return number
    raise ValueError(value)


def uint64(value: str | int) -> int:
    """Read a uint64 in its plain spellings; raises ValueError for the exact path to look at."""
    number = int(value)
    if 0 <= number <= UINT64_MAX and (number == value or str(number) == value):
        return number
    raise ValueError(value)


def nonzero(value: float) -> bool:
    """Say whether a number differs from the default; minus zero does."""
    return value != 0 or copysign(1.0, value) < 0


def double_json(value: float) -> float | str:
    """Return what stands for a double: a number, or one of the three words for what is none."""
    return value if isfinite(value) else _word(value)


def float_json(value: float) -> float | str:
    """Return the shortest number that stands for a float; EncodeError where 32 bits do not hold it."""
    if not isfinite(value):
        return _word(value)
    if -_EXACT_AS_FLOAT <= value <= _EXACT_AS_FLOAT and value == int(value):
        return value
    rounded = _as_float(value)
    for digits in (6, 7, 8, 9):
        short = float(f"{rounded:.{digits}g}")
        # What is rounded up beyond the greatest float others refuse.
        if abs(short) <= _GREATEST and _as_float(short) == rounded:
            return short
    return rounded


def double(value: float | str) -> float:
    """Read a double in its plain spellings; raises KeyError for the exact path to look at."""
    return _WORDS[value] if isinstance(value, str) else value


def float32(value: float | str) -> float:
    """Read a float in its plain spellings, rounded to 32 bits; KeyError or ValueError for the exact path."""
    if isinstance(value, str):
        return _WORDS[value]
    try:
        return rounded_to_float(value)
    except OverflowError:
        raise ValueError(value) from None


def rounded_to_float(value: float) -> float:
    """Return the nearest number of 32 bits; raises OverflowError."""
    number: float = _FLOAT.unpack(_FLOAT.pack(value))[0]
    return number


def _as_float(value: float) -> float:
    try:
        return rounded_to_float(value)
    except OverflowError:
        raise EncodeError(f"{value} is not a float") from None


def _word(value: float) -> str:
    if value != value:  # noqa: PLR0124 - that is what NaN is
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"
