"""The keys of maps in JSON, which are text whatever they are in the contract: the quick way."""

from __future__ import annotations

from oms_wire.numbers import INT32_MAX, INT32_MIN, UINT32_MAX, int32, int64, uint32

_TRUTH = {"true": True, "false": False}


def bool_text(key: bool) -> str:
    """Return the text of a truth value."""
    return "true" if key else "false"


def int32_text(key: int) -> str:
    """Return the digits of a signed number of 32 bits; raises EncodeError."""
    return str(int(int32(key)))


def uint32_text(key: int) -> str:
    """Return the digits of an unsigned number of 32 bits; raises EncodeError."""
    return str(int(uint32(key)))


def bool_key(text: str) -> bool:
    """Read a truth value; raises KeyError for the exact path to look at."""
    return _TRUTH[text]


def int32_key(text: str) -> int:
    """Read a signed number of 32 bits; raises ValueError for the exact path to look at."""
    number = int64(text)
    if INT32_MIN <= number <= INT32_MAX:
        return number
    raise ValueError(text)


def uint32_key(text: str) -> int:
    """Read an unsigned number of 32 bits; raises ValueError for the exact path to look at."""
    number = int64(text)
    if 0 <= number <= UINT32_MAX:
        return number
    raise ValueError(text)
