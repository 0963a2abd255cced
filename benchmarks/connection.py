"""A keep-alive HTTP/1.1 connection that costs the load generator next to nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

Answered = Callable[["Connection", int, bytes], None]
"""Called with the connection, the status and the body."""


class Connection(asyncio.Protocol):
    """Sends ready bytes and finds the end of each answer by its content-length."""

    def __init__(self, answered: Answered, lost: Callable[[Connection], None]) -> None:
        self._answered = answered
        self._lost = lost
        self._buffer = b""
        self.due = 0.0
        """When the request under way was due."""
        self.busy = False
        """Whether an answer is awaited."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def send(self, request: bytes, *, due: float) -> None:
        """Send one request; its answer must have come before the next one is sent."""
        self.due = due
        self.busy = True
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Report the answer once it is complete."""
        buffer = self._buffer + data if self._buffer else data
        head = buffer.find(b"\r\n\r\n")
        if head < 0 or len(buffer) < head + 4 + _length(buffer[:head]):
            self._buffer = buffer
            return
        self._buffer = b""
        self.busy = False
        self._answered(self, int(buffer[9:12]), buffer[head + 4 :])

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Tell that the server hung up."""
        self._lost(self)


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length: ")
    if not found:
        raise ValueError(f"an answer without content-length: {head!r}")
    return int(rest.partition(b"\r\n")[0])
