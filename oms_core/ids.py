"""Identifiers: a prefix that names the kind, and a sortable random part.

TypeID 0.3 (https://github.com/jetify-com/typeid/tree/main/spec): ``<prefix>_<26 characters>``, the
characters being a UUIDv7 (RFC 9562, 5.7) in Crockford's base32, so that ids sort by time of birth.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26


def uuid7(*, millis: int | None = None, random: bytes | None = None) -> uuid.UUID:
    """Return a UUIDv7 of ``millis`` since the epoch (now) and ten bytes of randomness (fresh)."""
    stamp = time.time_ns() // 1_000_000 if millis is None else millis
    value = (stamp << 80) | int.from_bytes(os.urandom(10) if random is None else random, "big")
    value &= ~(0xF << 76) & ~(0x3 << 62)
    return uuid.UUID(int=value | (0x7 << 76) | (0x2 << 62))


def encode(prefix: str, value: uuid.UUID) -> str:
    """Return the TypeID of ``value`` under ``prefix``."""
    number = value.int
    digits = [_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5)]
    return f"{prefix}_{''.join(digits)}"


def new_id(prefix: str) -> str:
    """Return a fresh id of the kind that ``prefix`` names, for example ``usr_01h455vb4pex5vsknk084sn02q``."""
    return encode(prefix, uuid7())


def derived(seed: uuid.UUID, name: str) -> uuid.UUID:
    """Return the UUIDv7 that ``seed`` and ``name`` always give; born at the same millisecond as ``seed``."""
    digest = hashlib.blake2b(name.encode(), key=seed.bytes, digest_size=10).digest()
    return uuid7(millis=seed.int >> 80, random=digest)


def is_id(text: str, *prefixes: str) -> bool:
    """Say whether ``text`` is a well-formed id of one of the kinds."""
    prefix, _, tail = text.rpartition("_")
    well_formed = len(tail) == _LENGTH and tail[0] <= "7" and set(tail) <= set(_ALPHABET)
    return well_formed and prefix in prefixes
