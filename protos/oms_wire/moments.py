"""google.protobuf.Timestamp as an aware ``datetime`` in UTC: RFC 3339 text, and wire bytes.

Python's datetime holds microseconds: finer digits are cut off.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from oms_wire.errors import EncodeError
from oms_wire.reading import invalid, read_int32, read_int64, read_varint, skip_field
from oms_wire.times import EPOCH, FIRST, LAST, NANOS, RFC_3339
from oms_wire.writing import put_int32, put_int64

_DAY = 86_400
_TO_MILLIS = len("2026-01-31T12:00:00.123")
_SECONDS_TAG, _NANOS_TAG = 0x08, 0x10


def to_text(moment: datetime) -> str:
    """Return RFC 3339 in UTC with 0, 3 or 6 digits of a second; raises EncodeError for a naive one."""
    if moment.tzinfo is not UTC:
        moment = _in_utc(moment)
    text = moment.isoformat()
    # "2026-01-31T12:00:00.123456+00:00": without the zone, and without the last digits when they are zeros.
    return (text[:-6] if moment.microsecond % 1000 else text[:_TO_MILLIS].removesuffix("+00:")) + "Z"


def from_text(text: str) -> datetime:
    """Read RFC 3339; raises ValueError for anything else."""
    if RFC_3339.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not an RFC 3339 time such as 2026-01-31T12:00:00Z")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not a moment between the years 1 and 9999") from None


def to_wire(moment: datetime) -> bytes:
    """Return the bytes of the Timestamp message; raises EncodeError for a naive moment."""
    if moment.tzinfo is None:
        raise _naive(moment)
    since = moment - EPOCH
    out = bytearray()
    if seconds := since.days * _DAY + since.seconds:
        put_int64(out, b"\x08", seconds)
    if micros := since.microseconds:
        put_int32(out, b"\x10", micros * 1000)
    return bytes(out)


def from_wire(data: bytes) -> datetime:
    """Read the bytes of a Timestamp message; raises InvalidArgument."""
    seconds = nanos = at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        if tag == _SECONDS_TAG:
            seconds, at = read_int64(data, at)
        elif tag == _NANOS_TAG:
            nanos, at = read_int32(data, at)
        else:
            at = skip_field(data, at, tag)
    if not FIRST <= seconds <= LAST or not 0 <= nanos < NANOS:
        raise invalid(f"{seconds} seconds and {nanos} nanoseconds are no moment between the years 1 and 9999")
    return EPOCH + timedelta(0, seconds, nanos // 1000)


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise _naive(moment)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise EncodeError(f"{moment!r} is outside the years 1 to 9999 in UTC") from None


def _naive(moment: datetime) -> EncodeError:
    return EncodeError(f"{moment!r} has no time zone")
