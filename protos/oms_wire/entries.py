"""The small messages that have no class of their own: entries of maps, and wrapped values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from oms_wire.numbers import nonzero
from oms_wire.reading import read_bytes, read_varint, skip_field

K = TypeVar("K")
V = TypeVar("V")

Read = Callable[[bytes, int], tuple[V, int]]
_MESSAGE_TAG = 2 << 3 | 2


def read_entry(  # noqa: PLR0917 - a call is one line in generated code
    data: bytes,
    into: dict[K, V],
    key_tag: int,
    read_key: Read[K],
    key: K,
    value_tag: int,
    read_value: Read[V],
    value: V,
) -> None:
    """Put the entry of a map with plain values ``into`` it; ``key`` and ``value`` are the defaults."""
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        if tag == key_tag:
            key, at = read_key(data, at)
        elif tag == value_tag:
            value, at = read_value(data, at)
        else:
            at = skip_field(data, at, tag)
    into[key] = value


def read_message_entry(  # noqa: PLR0917 - a call is one line in generated code
    data: bytes, into: dict[K, V], key_tag: int, read_key: Read[K], key: K, parse: Callable[[bytes], V]
) -> None:
    """Put the entry of a map of messages ``into`` it; a message that comes twice is merged."""
    at, value = 0, b""
    while at < len(data):
        tag, at = read_varint(data, at)
        if tag == key_tag:
            key, at = read_key(data, at)
        elif tag == _MESSAGE_TAG:
            chunk, at = read_bytes(data, at)
            value += chunk
        else:
            at = skip_field(data, at, tag)
    into[key] = parse(value)


def wrapped(put: Callable[[bytearray, bytes, V], None], tag: bytes, value: V) -> bytes:
    """Return the bytes of the message around a value, which is absent in it when it is the default."""
    if not value and not (isinstance(value, float) and nonzero(value)):
        return b""
    out = bytearray()
    put(out, tag, value)
    return bytes(out)


def unwrapped(data: bytes, value_tag: int, read: Read[V], value: V) -> V:
    """Return what the message around a value holds; ``value`` is the default."""
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        if tag == value_tag:
            value, at = read(data, at)
        else:
            at = skip_field(data, at, tag)
    return value
