"""What google.api.http says about a method, as data that an HTTP server can mount."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

from oms_wire.method import A, Method, Q

Binder = Callable[[Mapping[str, str], Sequence[tuple[str, str]], bytes], Q]
"""Path parameters, query pairs (decoded, in order) and body, to a request; raises InvalidArgument."""

Answering = Callable[[A], tuple[str, bytes]]
"""A response to its media type and body."""


class RawBody(bytes):
    """A body that is no JSON, with its media type."""

    media_type = ""


def raw_body(data: bytes, media_type: str) -> RawBody:
    """Return ``data`` with its media type."""
    body = RawBody(data)
    body.media_type = media_type
    return body


@dataclass(frozen=True, slots=True)
class Route(Generic[Q, A]):
    """One HTTP binding of one method.

    ``path`` is the path template without the verb, ``verb`` the part after the colon, or empty:
    ``POST /v1/{name=orders/*}:cancel`` has path ``/v1/{name=orders/*}`` and verb ``cancel``. The path
    parameters that ``bind`` takes have the names that ``oms_wire.template`` gives the wildcards.
    """

    method: Method[Q, A]
    http_method: str
    path: str
    verb: str
    bind: Binder[Q]
    has_body: bool
    """False: a body is refused by the contract and ``bind`` is given ``b""``."""
    takes_raw: bool = False
    """Whether ``bind`` is given a RawBody, because the body is a google.api.HttpBody."""
    answer: Answering[A] | None = None
    """How a response becomes a body; None for the whole of it as JSON."""

    @property
    def template(self) -> str:
        """The binding as the contract spells it."""
        return f"{self.path}:{self.verb}" if self.verb else self.path
