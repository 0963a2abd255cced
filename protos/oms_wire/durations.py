"""google.protobuf.Duration as a ``timedelta``: text, and wire bytes.

Python's timedelta holds microseconds: finer digits are cut off.
"""

from __future__ import annotations

from datetime import timedelta

from oms_wire import times
from oms_wire.errors import EncodeError
from oms_wire.reading import invalid, read_int32, read_int64, read_varint, skip_field
from oms_wire.times import LONGEST, NANOS
from oms_wire.writing import put_int32, put_int64

_MICROSECOND = timedelta(microseconds=1)
_MICROS = 1_000_000
_SECONDS_TAG, _NANOS_TAG = 0x08, 0x10


def to_text(span: timedelta) -> str:
    """Return seconds with 0, 3 or 6 digits behind the point; raises EncodeError beyond 10000 years."""
    return times.span_text(*parts(span))


def from_text(text: str) -> timedelta:
    """Read seconds such as ``1.5s``; raises ValueError for anything else."""
    return of(*times.span_of(text))


def to_wire(span: timedelta) -> bytes:
    """Return the bytes of the Duration message; raises EncodeError beyond 10000 years."""
    seconds, nanos = parts(span)
    if not -LONGEST <= seconds <= LONGEST:
        raise EncodeError(f"{span!r} is longer than 10000 years")
    out = bytearray()
    if seconds:
        put_int64(out, b"\x08", seconds)
    if nanos:
        put_int32(out, b"\x10", nanos)
    return bytes(out)


def from_wire(data: bytes) -> timedelta:
    """Read the bytes of a Duration message; raises InvalidArgument."""
    seconds = nanos = at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        if tag == _SECONDS_TAG:
            seconds, at = read_int64(data, at)
        elif tag == _NANOS_TAG:
            nanos, at = read_int32(data, at)
        else:
            at = skip_field(data, at, tag)
    if not -LONGEST <= seconds <= LONGEST or not -NANOS < nanos < NANOS or seconds * nanos < 0:
        raise invalid(f"{seconds} seconds and {nanos} nanoseconds are no span of at most 10000 years")
    return of(seconds, nanos)


def parts(span: timedelta) -> tuple[int, int]:
    """Return whole seconds and nanoseconds, both of the span's sign."""
    micros = span // _MICROSECOND
    seconds, rest = divmod(abs(micros), _MICROS)
    return (seconds, rest * 1000) if micros >= 0 else (-seconds, -rest * 1000)


def of(seconds: int, nanos: int) -> timedelta:
    """Return the span of seconds and nanoseconds, without what is finer than a microsecond."""
    micros = nanos // 1000 if nanos >= 0 else -(-nanos // 1000)
    return timedelta(seconds=seconds, microseconds=micros)
