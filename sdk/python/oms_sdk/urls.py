"""Values of a request in its path and query."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode


def segment(value: str | int) -> str:
    """Return one segment of a path, percent-encoded; raises ValueError for an empty text.

    What a URL would take for a way up (``..``) or a verb (``:``) is encoded like anything else.
    """
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    if not text:
        raise ValueError("an id is empty, and the path of the request needs one")
    encoded = quote(text, safe="")
    return encoded.replace(".", "%2E") if encoded in {".", ".."} else encoded


def with_query(path: str, fields: bytes) -> str:
    """Return the path with the fields of a JSON object as query; fields at their default are not in it."""
    if fields == b"{}":
        return path
    return f"{path}?{urlencode([(k, _text(one)) for k, v in json.loads(fields).items() for one in _all(v)])}"


def _all(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
