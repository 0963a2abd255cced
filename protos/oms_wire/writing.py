"""The protobuf wire format, written piece by piece: what generated ``__bytes__`` is made of.

``put_*`` append one field, its tag (encoded) and its value, to a buffer; ``packed_*`` return the content
of a packed repeated field. All raise EncodeError for a value that the field's type cannot hold.

The format is described at https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

from collections.abc import Iterable

from oms_wire.errors import EncodeError
from oms_wire.numbers import INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, UINT32_MAX, UINT64_MAX

_ONE_BYTE = 0x80


def put_varint(out: bytearray, value: int) -> None:
    """Append a number of 0 to 2**64-1."""
    while value >= _ONE_BYTE:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def put_string(out: bytearray, tag: bytes, value: str) -> None:
    """Append a text field."""
    data = value.encode()
    out += tag
    if len(data) < _ONE_BYTE:
        out.append(len(data))
    else:
        put_varint(out, len(data))
    out += data


def put_bytes(out: bytearray, tag: bytes, data: bytes | bytearray) -> None:
    """Append a field of bytes, or a message that is encoded already."""
    out += tag
    if len(data) < _ONE_BYTE:
        out.append(len(data))
    else:
        put_varint(out, len(data))
    out += data


def put_each(out: bytearray, tag: bytes, chunks: Iterable[bytes]) -> None:
    """Append a repeated field of texts or messages, each encoded already."""
    for data in chunks:
        out += tag
        if len(data) < _ONE_BYTE:
            out.append(len(data))
        else:
            put_varint(out, len(data))
        out += data


def put_bool(out: bytearray, tag: bytes, value: bool) -> None:
    """Append a truth value."""
    out += tag
    out.append(1 if value else 0)


def put_int64(out: bytearray, tag: bytes, value: int) -> None:
    """Append a signed number of 64 bits."""
    out += tag
    if 0 <= value < _ONE_BYTE:
        out.append(value)
    elif INT64_MIN <= value <= INT64_MAX:
        put_varint(out, value & UINT64_MAX)
    else:
        raise EncodeError(f"{value} is not an int64")


def put_int32(out: bytearray, tag: bytes, value: int) -> None:
    """Append a signed number of 32 bits, or an enum's number."""
    out += tag
    if 0 <= value < _ONE_BYTE:
        out.append(value)
    elif INT32_MIN <= value <= INT32_MAX:
        put_varint(out, value & UINT64_MAX)
    else:
        raise EncodeError(f"{value} is not an int32")


def put_uint32(out: bytearray, tag: bytes, value: int) -> None:
    """Append an unsigned number of 32 bits."""
    out += tag
    if not 0 <= value <= UINT32_MAX:
        raise EncodeError(f"{value} is not a uint32")
    put_varint(out, value)


def put_uint64(out: bytearray, tag: bytes, value: int) -> None:
    """Append an unsigned number of 64 bits."""
    out += tag
    if not 0 <= value <= UINT64_MAX:
        raise EncodeError(f"{value} is not a uint64")
    put_varint(out, value)


def packed_int64(values: Iterable[int]) -> bytes:
    """Return a packed repeated field's content."""
    out = bytearray()
    for value in values:
        put_int64(out, b"", value)
    return bytes(out)


def packed_int32(values: Iterable[int]) -> bytes:
    """Return a packed repeated field's content; also for enums."""
    out = bytearray()
    for value in values:
        put_int32(out, b"", value)
    return bytes(out)


def packed_uint32(values: Iterable[int]) -> bytes:
    """Return a packed repeated field's content."""
    out = bytearray()
    for value in values:
        put_uint32(out, b"", value)
    return bytes(out)


def packed_uint64(values: Iterable[int]) -> bytes:
    """Return a packed repeated field's content."""
    out = bytearray()
    for value in values:
        put_uint64(out, b"", value)
    return bytes(out)


def packed_bool(values: Iterable[bool]) -> bytes:
    """Return a packed repeated field's content."""
    return bytes(1 if value else 0 for value in values)
