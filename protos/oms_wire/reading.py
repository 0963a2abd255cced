"""The protobuf wire format, read piece by piece: what generated ``parse`` is made of.

``read_*`` take the value that begins at an offset and return it with the offset behind it. They raise
InvalidArgument, or IndexError where the input ends inside a varint: ``parse`` makes InvalidArgument of it.
"""

from __future__ import annotations

from oms_wire.errors import InvalidArgument
from oms_wire.numbers import INT32_MAX, INT64_MAX, UINT32_MAX, UINT64_MAX

_LAST_VARINT_SHIFT = 63
_ONE_BYTE = 0x80
_MAX_NESTING = 100
_FIXED_SIZE = {1: 8, 5: 4}
_LENGTH, _GROUP, _END_GROUP = 2, 3, 4


def invalid(problem: str) -> InvalidArgument:
    """Return the error that answers binary input which is no message."""
    return InvalidArgument("INVALID_MESSAGE", f"The message cannot be read: {problem}.")


def truncated(kind: str) -> InvalidArgument:
    """Return the error that answers input which ends inside a message, or which holds too many."""
    return invalid(f"the input ends inside {kind}, or is nested too deeply")


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Read an unsigned number of 64 bits."""
    byte = data[at]
    if byte < _ONE_BYTE:
        return byte, at + 1
    value, shift = byte & 0x7F, 7
    while True:
        at += 1
        byte = data[at]
        value |= (byte & 0x7F) << shift
        if byte < _ONE_BYTE:
            return value & UINT64_MAX, at + 1
        shift += 7
        if shift > _LAST_VARINT_SHIFT:
            raise invalid(f"the number at byte {at} is longer than ten bytes")


def read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    """Read bytes with their length in front."""
    size = data[at]
    at += 1
    if size >= _ONE_BYTE:
        size, at = read_varint(data, at - 1)
    end = at + size
    if end > len(data):
        raise _short(data, at, size)
    return data[at:end], end


def read_string(data: bytes, at: int) -> tuple[str, int]:
    """Read text."""
    # As read_bytes, not through it: most fields of most messages are texts.
    size = data[at]
    at += 1
    if size >= _ONE_BYTE:
        size, at = read_varint(data, at - 1)
    end = at + size
    if end > len(data):
        raise _short(data, at, size)
    try:
        return data[at:end].decode(), end
    except UnicodeDecodeError as error:
        raise invalid(f"the text that ends at byte {end} is not UTF-8 ({error.reason})") from None


def _short(data: bytes, at: int, size: int) -> InvalidArgument:
    return invalid(f"{size} bytes are announced at byte {at}, and {len(data) - at} are left")


def read_bool(data: bytes, at: int) -> tuple[bool, int]:
    """Read a truth value."""
    value, at = read_varint(data, at)
    return value != 0, at


def read_int64(data: bytes, at: int) -> tuple[int, int]:
    """Read a signed number of 64 bits."""
    value = data[at]
    if value < _ONE_BYTE:
        return value, at + 1
    value, at = read_varint(data, at)
    return (value if value <= INT64_MAX else value - (1 << 64)), at


def read_int32(data: bytes, at: int) -> tuple[int, int]:
    """Read a signed number of 32 bits; longer ones lose their upper half, as protobuf has it."""
    value = data[at]
    if value < _ONE_BYTE:
        return value, at + 1
    value, at = read_varint(data, at)
    if value <= INT32_MAX:
        return value, at
    value &= UINT32_MAX
    return (value if value <= INT32_MAX else value - (1 << 32)), at


def read_uint32(data: bytes, at: int) -> tuple[int, int]:
    """Read an unsigned number of 32 bits; longer ones lose their upper half, as protobuf has it."""
    value, at = read_varint(data, at)
    return value & UINT32_MAX, at


read_uint64 = read_varint


def read_packed_int64(data: bytes) -> list[int]:
    """Read a packed repeated field's content."""
    values, at = [], 0
    while at < len(data):
        value, at = read_int64(data, at)
        values.append(value)
    return values


def read_packed_int32(data: bytes) -> list[int]:
    """Read a packed repeated field's content; also for enums."""
    values, at = [], 0
    while at < len(data):
        value, at = read_int32(data, at)
        values.append(value)
    return values


def read_packed_uint32(data: bytes) -> list[int]:
    """Read a packed repeated field's content."""
    values, at = [], 0
    while at < len(data):
        value, at = read_uint32(data, at)
        values.append(value)
    return values


def read_packed_uint64(data: bytes) -> list[int]:
    """Read a packed repeated field's content."""
    values, at = [], 0
    while at < len(data):
        value, at = read_varint(data, at)
        values.append(value)
    return values


def read_packed_bool(data: bytes) -> list[bool]:
    """Read a packed repeated field's content."""
    values, at = [], 0
    while at < len(data):
        value, at = read_bool(data, at)
        values.append(value)
    return values


def skip_field(data: bytes, at: int, tag: int, *, nesting: int = 0) -> int:
    """Return the offset behind a field that the contract does not know; its value begins at ``at``."""
    kind = tag & 7
    if tag >> 3 == 0 or tag > UINT32_MAX:
        raise invalid(f"the tag before byte {at} is not one")
    if kind == 0:
        return read_varint(data, at)[1]
    if kind == _LENGTH:
        return read_bytes(data, at)[1]
    if kind == _GROUP:
        return _skip_group(data, at, tag, nesting=nesting + 1)
    if kind not in _FIXED_SIZE:
        raise invalid(f"the tag before byte {at} has no known kind")
    end = at + _FIXED_SIZE[kind]
    if end > len(data):
        raise invalid(f"the input ends inside the number at byte {at}")
    return end


def _skip_group(data: bytes, at: int, start_tag: int, *, nesting: int) -> int:
    if nesting > _MAX_NESTING:
        raise invalid(f"groups are nested more than {_MAX_NESTING} deep")
    while True:
        tag, at = read_varint(data, at)
        if tag & 7 == _END_GROUP:
            if tag >> 3 != start_tag >> 3:
                raise invalid(f"the group that ends before byte {at} was never begun")
            return at
        at = skip_field(data, at, tag, nesting=nesting)
