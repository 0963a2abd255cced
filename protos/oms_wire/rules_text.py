"""The formats that rules on strings name, each as a question about a text."""

from __future__ import annotations

import re
from collections.abc import Callable

_EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+"
    r"@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)
_UUID = re.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_TRIMMED_UUID = re.compile("[0-9a-fA-F]{32}")
_ULID = re.compile("[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}")
_PROTOBUF_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)*")
_HEADER_NAME = re.compile(r":?[0-9a-zA-Z!#$%&'*+-.^_|~`]+")
_HEADER_VALUE = re.compile(r"[^\x00-\x08\n-\x1f\x7f]*")
_LOOSE_HEADER = re.compile(r"[^\x00\n\r]*")


def _whole(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


is_email = _whole(_EMAIL)
"""An address as HTML's ``<input type="email">`` takes it."""

is_uuid = _whole(_UUID)
"""A UUID with its dashes."""

is_tuuid = _whole(_TRIMMED_UUID)
"""A UUID without its dashes."""

is_ulid = _whole(_ULID)
"""A ULID: 26 characters of Crockford's base 32."""

is_protobuf_fqn = _whole(_PROTOBUF_NAME)
"""A full name in a contract: ``acme.shop.v1.Item``."""

is_header_name = _whole(_HEADER_NAME)
"""The name of an HTTP header, or an HTTP/2 pseudo-header."""

is_header_value = _whole(_HEADER_VALUE)
"""The value of an HTTP header, which may be empty."""

is_loose_header_value = _whole(_LOOSE_HEADER)
"""Anything without NUL and line ends."""


def is_loose_header_name(text: str) -> bool:
    """Say whether ``text`` is something without NUL and line ends."""
    return text != "" and is_loose_header_value(text)


def is_protobuf_dot_fqn(text: str) -> bool:
    """Say whether ``text`` is a full name with a dot before it, as descriptors write it."""
    return text.startswith(".") and is_protobuf_fqn(text[1:])
