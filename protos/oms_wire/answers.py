"""How a response becomes the body of an HTTP answer where it is not the whole message as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from oms_wire.fields import MESSAGE, fields_of
from oms_wire.method import A
from oms_wire.route import Answering

JSON = "application/json"
BINARY = "application/octet-stream"
"""The media type of a google.api.HttpBody that names none."""


def raw(response: Any) -> tuple[str, bytes]:
    """Answer with a google.api.HttpBody: its own media type, its data as they are."""
    return response.content_type or BINARY, response.data


def raw_field(name: str) -> Answering[A]:
    """Return how to answer with the google.api.HttpBody in a field; where there is none, with nothing."""

    def answer(response: A) -> tuple[str, bytes]:
        body = getattr(response, name)
        return (BINARY, b"") if body is None else raw(body)

    return answer


def field(kind: type[A], name: str) -> Answering[A]:
    """Return how to answer with the value of one field of ``kind``, the ``response_body``."""
    write = _writer(kind, name)

    def answer(response: A) -> tuple[str, bytes]:
        return JSON, write(response)

    return answer


def _writer(kind: Any, name: str) -> Callable[[Any], bytes]:
    known = next(one for one in fields_of(kind) if one.name == name)

    def message(response: Any) -> bytes:
        value = getattr(response, name)
        return b"null" if value is None else value.encode_json()

    def messages(response: Any) -> bytes:
        return b"[" + b",".join([item.encode_json() for item in getattr(response, name)]) + b"]"

    def other(response: Any) -> bytes:
        values = response.to_dict(include_default_values=True)
        return msgspec.json.encode(values.get(known.json_name))

    if known.kind != MESSAGE or known.key:
        return other
    return messages if known.repeated else message
