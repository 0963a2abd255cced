"""uvicorn's HTTP protocol with two limits that it lacks: how large a request's head is, and how slow."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from oms_core.servers.entrance import trace_of
from oms_core.servers.http import problem

HEAD_LIMIT = 64 * 1024
"""Bytes of a request's line and headers; the largest token of ours is an eighth of it."""
HEAD_SECONDS = 10.0
"""How long a connection may take to send them."""


class LimitedProtocol(HttpToolsProtocol):
    """Ends a connection whose request's head grows too large, or does not come.

    A head that comes in one piece, as nearly all do, costs no timer.
    """

    _in_head = True
    _head_bytes = 0
    _hurry: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection; asyncio's protocol."""
        super().connection_made(transport)
        self._hurry = self.loop.call_later(HEAD_SECONDS, self._end)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection; asyncio's protocol."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; asyncio's protocol."""
        super().data_received(data)
        if not self._in_head:
            self._wait_no_more()
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_LIMIT:
            self._refuse()
        elif self._hurry is None:
            self._hurry = self.loop.call_later(HEAD_SECONDS, self._end)

    def on_message_begin(self) -> None:
        """Begin a request; the parser's call."""
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Take a request whose head is there; the parser's call."""
        self._in_head = False
        super().on_headers_complete()

    def _wait_no_more(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None

    def _refuse(self) -> None:
        before: object = self.cycle  # None, whatever uvicorn's annotation says, until a first head was there
        if before is None or self.cycle.response_complete:  # else its answer is still under way
            self.transport.write(_too_large())
        self._end()

    def _end(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


def _too_large() -> bytes:
    trace = trace_of(None, None)
    error = problem.from_status(431, f"the request line and headers are larger than {HEAD_LIMIT} bytes")
    body = problem.body_of(error, trace)
    head = (
        "HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n"
        f"content-type: {problem.MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\nx-request-id: {trace}\r\n\r\n"
    )
    return head.encode() + body
