"""What the contract says about one method, and one call of it on its way."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from oms_sdk import codec, urls
from oms_sdk.codec import Model

A = TypeVar("A", bound=Model)


class Repeat(Enum):
    """Whether a call that was not answered may be sent again."""

    SAFE = "safe"
    """Any time: it changes nothing, or the same to the same."""
    KEYED = "keyed"
    """Under the same idempotency key."""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Call(Generic[A]):
    """One method of the API: ``name`` is the one in this client, for example ``notes.create``."""

    name: str
    http_method: str
    repeat: Repeat
    answer: type[A]
    has_body: bool


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One call with everything that stays the same however often it is sent."""

    name: str
    http_method: str
    target: str
    """Path and query, percent-encoded."""
    body: bytes | None
    key: str | None
    request_id: str
    repeatable: bool


def outgoing(call: Call[A], path: str, request: Model, key: str | None) -> Outgoing:
    """Return the call of a method; raises ValueError for a field whose value the contract has no room for."""
    body = codec.write(request)
    keyed = call.repeat is Repeat.KEYED
    return Outgoing(
        name=call.name,
        http_method=call.http_method,
        target=path if call.has_body else urls.with_query(path, body),
        body=body if call.has_body else None,
        key=(key or fresh()) if keyed else None,
        request_id=fresh(),
        repeatable=call.repeat is not Repeat.NEVER,
    )


def fresh() -> str:
    """Return an id that was never used before: 32 hexadecimal digits."""
    return os.urandom(16).hex()


def custom(http_method: str, path: str, body: object, key: str | None) -> Outgoing:
    """Return a call of a route by its path; raises ValueError for a body that is no JSON."""
    if not path.startswith("/"):
        raise ValueError(f"the path has to begin with a slash, and is {path!r}")
    method = http_method.upper()
    return Outgoing(
        name=f"{method} {path}",
        http_method=method,
        target=path,
        body=None if body is None else json.dumps(body, allow_nan=False).encode(),
        key=key,
        request_id=fresh(),
        repeatable=method in {"GET", "HEAD"} or key is not None,
    )
