"""Where generated clients and service bases meet what carries their messages."""

from __future__ import annotations

from abc import ABC
from typing import Any, ClassVar, Protocol

from oms_wire.method import A, Method, Q


class Channel(Protocol):
    """Carries one unary call to whoever serves it: in this process or over a network."""

    async def unary(
        self,
        method: Method[Q, A],
        request: Q,
        /,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the callee has to know it too
    ) -> A:
        """Return the answer; raises RpcError. ``timeout`` is in seconds and only shortens the deadline."""


class Client:
    """Base of every generated client: typed methods over a channel."""

    SERVICE: ClassVar[str]

    def __init__(self, channel: Channel) -> None:
        self._channel = channel


class Service(ABC):
    """Base of every generated service base; a plugin implements the methods."""

    SERVICE: ClassVar[str]
    METHODS: ClassVar[tuple[Method[Any, Any], ...]]
