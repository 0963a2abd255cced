"""Where generated clients and service bases meet what carries their messages."""

from __future__ import annotations

from abc import ABC
from collections.abc import AsyncGenerator, AsyncIterable
from typing import Any, ClassVar, Protocol

from oms_wire.method import A, Method, Q


class Channel(Protocol):
    """Carries calls to whoever serves them: in this process or over a network.

    Raises RpcError, streams of answers at the message where it happens. ``timeout`` is in seconds, for the
    whole call, and only shortens the deadline. A stream of answers that is no longer wanted is closed with
    ``aclose``, and the service's own ends with it.
    """

    async def unary(
        self,
        method: Method[Q, A],
        request: Q,
        /,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the callee has to know it too
    ) -> A:
        """Return the answer to one request."""

    def unary_stream(
        self, method: Method[Q, A], request: Q, /, *, timeout: float | None = None
    ) -> AsyncGenerator[A, None]:
        """Give the answers to one request."""

    async def stream_unary(
        self,
        method: Method[Q, A],
        requests: AsyncIterable[Q],
        /,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - as in unary
    ) -> A:
        """Return the answer to all requests."""

    def stream_stream(
        self, method: Method[Q, A], requests: AsyncIterable[Q], /, *, timeout: float | None = None
    ) -> AsyncGenerator[A, None]:
        """Give answers while the requests are sent."""


class Client:
    """Base of every generated client: typed methods over a channel."""

    SERVICE: ClassVar[str]

    def __init__(self, channel: Channel) -> None:
        self._channel = channel


class Service(ABC):
    """Base of every generated service base; a plugin implements the methods."""

    SERVICE: ClassVar[str]
    METHODS: ClassVar[tuple[Method[Any, Any], ...]]
