"""Numbers of a fixed width in the protobuf wire format: both directions, single and packed.

The functions promise what their namesakes in ``reading`` and ``writing`` do.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from oms_wire.errors import EncodeError
from oms_wire.reading import invalid


def _put(layout: struct.Struct, name: str, out: bytearray, tag: bytes, value: float) -> None:
    out += tag
    try:
        out += layout.pack(value)
    except (struct.error, OverflowError):
        raise EncodeError(f"{value} is not a {name}") from None


def _read(layout: struct.Struct, data: bytes, at: int) -> tuple[Any, int]:
    try:
        return layout.unpack_from(data, at)[0], at + layout.size
    except struct.error:
        raise invalid(f"the input ends inside the number at byte {at}") from None


def _pack(letter: str, name: str, values: Collection[float]) -> bytes:
    try:
        return struct.pack(f"<{len(values)}{letter}", *values)
    except (struct.error, OverflowError):
        raise EncodeError(f"{values} are not all of the type {name}") from None


def _unpack(layout: struct.Struct, data: bytes) -> list[Any]:
    if len(data) % layout.size:
        raise invalid(f"{len(data)} bytes are no list of numbers of {layout.size} bytes")
    return [value for (value,) in layout.iter_unpack(data)]


_UINT32, _UINT64, _INT32, _INT64, _FLOAT, _DOUBLE = (struct.Struct(f"<{letter}") for letter in "IQiqfd")

Put = Callable[[bytearray, bytes, int], None]
PutReal = Callable[[bytearray, bytes, float], None]

put_fixed32: Put = partial(_put, _UINT32, "fixed32")
put_fixed64: Put = partial(_put, _UINT64, "fixed64")
put_sfixed32: Put = partial(_put, _INT32, "sfixed32")
put_sfixed64: Put = partial(_put, _INT64, "sfixed64")
put_float: PutReal = partial(_put, _FLOAT, "float")
put_double: PutReal = partial(_put, _DOUBLE, "double")

read_fixed32: Callable[[bytes, int], tuple[int, int]] = partial(_read, _UINT32)
read_fixed64: Callable[[bytes, int], tuple[int, int]] = partial(_read, _UINT64)
read_sfixed32: Callable[[bytes, int], tuple[int, int]] = partial(_read, _INT32)
read_sfixed64: Callable[[bytes, int], tuple[int, int]] = partial(_read, _INT64)
read_float: Callable[[bytes, int], tuple[float, int]] = partial(_read, _FLOAT)
read_double: Callable[[bytes, int], tuple[float, int]] = partial(_read, _DOUBLE)

packed_fixed32: Callable[[Collection[int]], bytes] = partial(_pack, "I", "fixed32")
packed_fixed64: Callable[[Collection[int]], bytes] = partial(_pack, "Q", "fixed64")
packed_sfixed32: Callable[[Collection[int]], bytes] = partial(_pack, "i", "sfixed32")
packed_sfixed64: Callable[[Collection[int]], bytes] = partial(_pack, "q", "sfixed64")
packed_float: Callable[[Collection[float]], bytes] = partial(_pack, "f", "float")
packed_double: Callable[[Collection[float]], bytes] = partial(_pack, "d", "double")

read_packed_fixed32: Callable[[bytes], list[int]] = partial(_unpack, _UINT32)
read_packed_fixed64: Callable[[bytes], list[int]] = partial(_unpack, _UINT64)
read_packed_sfixed32: Callable[[bytes], list[int]] = partial(_unpack, _INT32)
read_packed_sfixed64: Callable[[bytes], list[int]] = partial(_unpack, _INT64)
read_packed_float: Callable[[bytes], list[float]] = partial(_unpack, _FLOAT)
read_packed_double: Callable[[bytes], list[float]] = partial(_unpack, _DOUBLE)
