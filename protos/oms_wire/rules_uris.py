"""URIs and references to them, by the grammar of RFC 3986."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from oms_wire.rules_hosts import is_ipv6

_ESCAPED = "%[0-9A-Fa-f]{2}"
_NAME = r"A-Za-z0-9\-._~!$&'()*+,;="
_CHARACTER = f"(?:[{_NAME}:@]|{_ESCAPED})"
_AUTHORITY = (
    f"(?:(?:[{_NAME}:]|{_ESCAPED})*@)?"
    rf"(?:\[(?P<literal>[^\]]*)\]|(?P<name>(?:[{_NAME}]|{_ESCAPED})*))"
    "(?::[0-9]*)?"
)
_SEGMENTS = f"(?:/{_CHARACTER}*)*"
_TAIL = rf"(?:\?(?:{_CHARACTER}|[/?])*)?(?:\#(?:{_CHARACTER}|[/?])*)?"
_HIERARCHY = f"(?://{_AUTHORITY}{_SEGMENTS}|/(?:{_CHARACTER}+{_SEGMENTS})?"
_URI = re.compile(f"[A-Za-z][A-Za-z0-9+.-]*:{_HIERARCHY}|{_CHARACTER}+{_SEGMENTS}|){_TAIL}")
_REFERENCE = re.compile(f"{_HIERARCHY}|(?:[{_NAME}@]|{_ESCAPED})+{_SEGMENTS}|){_TAIL}")
_FUTURE = re.compile(rf"[vV][0-9A-Fa-f]+\.[{_NAME}:]+")
_ZONE = re.compile(f"(?:[A-Za-z0-9._~-]|{_ESCAPED})+")


def is_uri(text: str) -> bool:
    """Say whether ``text`` is a URI with a scheme."""
    return _fits(_URI, text)


def is_uri_ref(text: str) -> bool:
    """Say whether ``text`` is a URI, or what may stand for one: a path, a query, a fragment, nothing."""
    return _fits(_REFERENCE, text) or _fits(_URI, text)


def _fits(pattern: re.Pattern[str], text: str) -> bool:
    match = pattern.fullmatch(text)
    if match is None:
        return False
    literal = match["literal"]
    return _decodes(match["name"] or "") if literal is None else _is_literal(literal)


def _is_literal(text: str) -> bool:
    address, percent, zone = text.partition("%25")
    if percent and (not _ZONE.fullmatch(zone) or not _decodes(zone)):
        return False
    return ("%" not in address and is_ipv6(address)) or (not percent and bool(_FUTURE.fullmatch(text)))


def _decodes(text: str) -> bool:
    try:
        unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        return False
    return True
