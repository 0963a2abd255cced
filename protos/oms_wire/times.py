"""Moments and spans as seconds and nanoseconds: their texts in proto3 JSON, exact and within their ranges."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from oms_wire.errors import EncodeError

RFC_3339 = re.compile(
    r"(?P<moment>\d{4}-\d{2}-\d{2}T\d{2}:[0-5]\d:[0-5]\d)(?:\.(?P<fraction>\d{1,9}))?"
    r"(?P<zone>Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_SPAN = re.compile(r"(?P<minus>-?)(?P<seconds>\d{1,12})(?:\.(?P<fraction>\d{1,9}))?s", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
FIRST = (datetime(1, 1, 1, tzinfo=UTC) - EPOCH) // _SECOND
LAST = (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - EPOCH) // _SECOND
LONGEST = 315_576_000_000
NANOS = 1_000_000_000


def moment_text(seconds: int, nanos: int) -> str:
    """Return RFC 3339 in UTC; raises EncodeError outside the years 1 to 9999."""
    if not FIRST <= seconds <= LAST or not 0 <= nanos < NANOS:
        raise EncodeError(f"{seconds} seconds and {nanos} nanoseconds are no moment of the years 1 to 9999")
    moment = EPOCH + timedelta(seconds=seconds)
    return f"{moment.isoformat()[:-6]}{_fraction(nanos)}Z"


def moment_of(text: str) -> tuple[int, int]:
    """Read RFC 3339 as seconds and nanoseconds; raises ValueError for anything else."""
    match = RFC_3339.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not an RFC 3339 time such as 2026-01-31T12:00:00Z")
    try:
        seconds = (datetime.fromisoformat(match["moment"] + match["zone"]) - EPOCH) // _SECOND
    except (ValueError, OverflowError):
        seconds = LAST + 1
    if not FIRST <= seconds <= LAST:
        raise ValueError(f"{text!r} is not a moment between the years 1 and 9999")
    return seconds, _nanos(match["fraction"])


def span_text(seconds: int, nanos: int) -> str:
    """Return the text of a span, ``1.500s``; raises EncodeError beyond ten thousand years."""
    if not -LONGEST <= seconds <= LONGEST or not -NANOS < nanos < NANOS or seconds * nanos < 0:
        raise EncodeError(f"{seconds} seconds and {nanos} nanoseconds are no span of at most 10000 years")
    sign = "-" if seconds < 0 or nanos < 0 else ""
    return f"{sign}{abs(seconds)}{_fraction(abs(nanos))}s"


def span_of(text: str) -> tuple[int, int]:
    """Read a span as seconds and nanoseconds of one sign; raises ValueError."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a duration such as 1.5s")
    seconds, nanos = int(match["seconds"]), _nanos(match["fraction"])
    if seconds > LONGEST:
        raise ValueError(f"{text!r} is longer than 10000 years")
    return (-seconds, -nanos) if match["minus"] else (seconds, nanos)


def _fraction(nanos: int) -> str:
    """Return 0, 3, 6 or 9 digits behind a point."""
    if not nanos:
        return ""
    digits = f"{nanos:09}"
    return "." + digits.removesuffix("000").removesuffix("000")


def _nanos(fraction: str | None) -> int:
    return int(fraction.ljust(9, "0")) if fraction else 0
