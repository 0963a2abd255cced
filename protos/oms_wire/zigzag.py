"""``sint32`` and ``sint64``: signed numbers whose small negatives are short on the wire, too."""

from __future__ import annotations

from collections.abc import Iterable

from oms_wire.errors import EncodeError
from oms_wire.numbers import INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, UINT32_MAX
from oms_wire.reading import read_varint
from oms_wire.writing import put_varint


def put_sint32(out: bytearray, tag: bytes, value: int) -> None:
    """Append a signed number of 32 bits."""
    if not INT32_MIN <= value <= INT32_MAX:
        raise EncodeError(f"{value} is not a sint32")
    out += tag
    put_varint(out, value << 1 if value >= 0 else ~(value << 1))


def put_sint64(out: bytearray, tag: bytes, value: int) -> None:
    """Append a signed number of 64 bits."""
    if not INT64_MIN <= value <= INT64_MAX:
        raise EncodeError(f"{value} is not a sint64")
    out += tag
    put_varint(out, value << 1 if value >= 0 else ~(value << 1))


def read_sint32(data: bytes, at: int) -> tuple[int, int]:
    """Read a signed number of 32 bits; longer ones lose their upper half, as protobuf has it."""
    value, at = read_varint(data, at)
    value &= UINT32_MAX
    return value >> 1 ^ -(value & 1), at


def read_sint64(data: bytes, at: int) -> tuple[int, int]:
    """Read a signed number of 64 bits."""
    value, at = read_varint(data, at)
    return value >> 1 ^ -(value & 1), at


def packed_sint32(values: Iterable[int]) -> bytes:
    """Return a packed repeated field's content."""
    out = bytearray()
    for value in values:
        put_sint32(out, b"", value)
    return bytes(out)


def packed_sint64(values: Iterable[int]) -> bytes:
    """Return a packed repeated field's content."""
    out = bytearray()
    for value in values:
        put_sint64(out, b"", value)
    return bytes(out)


def read_packed_sint32(data: bytes) -> list[int]:
    """Read a packed repeated field's content."""
    values, at = [], 0
    while at < len(data):
        value, at = read_sint32(data, at)
        values.append(value)
    return values


def read_packed_sint64(data: bytes) -> list[int]:
    """Read a packed repeated field's content."""
    values, at = [], 0
    while at < len(data):
        value, at = read_sint64(data, at)
        values.append(value)
    return values
