"""Protobuf's variable-length numbers, as the generator itself needs them."""

from __future__ import annotations

from oms_wire.writing import put_varint


def varint(value: int) -> bytes:
    """Return the encoding of a number from 0 on."""
    out = bytearray()
    put_varint(out, value)
    return bytes(out)
