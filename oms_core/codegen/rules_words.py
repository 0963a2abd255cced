"""What a rule is set to, in Python's words and in people's."""

from __future__ import annotations

import math
import struct
from datetime import timedelta

from oms_core.codegen.rules_model import Moment, RuleValue, Span
from oms_wire.times import EPOCH, NANOS, moment_text

_MICROSECOND = 1000
_FLOAT_DIGITS = 10


def literal(value: object) -> str:
    """Return the Python expression for a value."""
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, Moment):
        return repr(value.nanos) if value.exact else _moment(value)
    if isinstance(value, Span):
        return repr(value.nanos) if value.exact else _span(value)
    return repr(value)


def spoken(value: RuleValue) -> str:
    """Return a value as a message for people has it."""
    if isinstance(value, Moment):
        return moment_text(*divmod(value.nanos, NANOS))
    if isinstance(value, Span):
        return f"{value.nanos / NANOS:g}s"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(shortest(value)).removesuffix(".0")
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return value.hex() if isinstance(value, bytes) else repr(value)


def shortest(value: float) -> float:
    """Return the number with the fewest digits that is the same in 32 bits, for a value that fits there."""
    try:
        narrow = struct.pack("f", value)
    except OverflowError:
        return value
    if not math.isfinite(value) or struct.unpack("f", narrow)[0] != value:
        return value
    digits = (float(f"{value:.{count}g}") for count in range(1, _FLOAT_DIGITS))
    return next((one for one in digits if struct.pack("f", one) == narrow), value)


def _moment(moment: Moment) -> str:
    value = EPOCH + timedelta(microseconds=moment.nanos // _MICROSECOND)
    parts = [value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond]
    while len(parts) > len(("year", "month", "day")) and not parts[-1]:
        parts.pop()
    return f"datetime({', '.join(map(str, parts))}, tzinfo=UTC)"


def _span(span: Span) -> str:
    seconds, rest = divmod(span.nanos, NANOS)
    extra = f", microseconds={rest // _MICROSECOND}" if rest else ""
    return f"timedelta(seconds={seconds}{extra})"
