"""What google.api.http says about a method, as data that an HTTP server can mount."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

from oms_wire.method import A, Method, Q

Binder = Callable[[Mapping[str, str], Sequence[tuple[str, str]], bytes], Q]
"""Path parameters, query pairs (decoded, in order) and body, to a request; raises InvalidArgument."""


@dataclass(frozen=True, slots=True)
class Route(Generic[Q, A]):
    """One HTTP binding of one method.

    ``path`` has ``{name}`` for each path parameter and no verb; ``verb`` is the part after the colon, or
    empty: ``POST /v1/orders/{order_id}:cancel`` has path ``/v1/orders/{order_id}`` and verb ``cancel``.
    """

    method: Method[Q, A]
    http_method: str
    path: str
    verb: str
    bind: Binder[Q]
    has_body: bool
    """False: a body is refused by the contract and ``bind`` is given ``b""``."""

    @property
    def template(self) -> str:
        """The binding as the contract spells it."""
        return f"{self.path}:{self.verb}" if self.verb else self.path
