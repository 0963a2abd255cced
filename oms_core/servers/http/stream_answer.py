"""The response of a streaming route: it begins with the first message, and ends when the caller is gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, Receive, Scope, Send

from oms_core.servers.http.answer import Answer, AnyAnswer, Headers, failure
from oms_core.servers.http.stream_formats import Format
from oms_wire.errors import Internal, RpcError

logger = logging.getLogger(__name__)

Deliver = Callable[[bytes, str], Awaitable[None]]
"""Takes one answer as JSON, and its cursor or an empty text."""

OPEN_SECONDS = 0.2
"""How long an error may take that is still answered with a status of its own."""
HEARTBEAT_SECONDS = 15.0
"""How often a caller hears of a stream that has nothing to say; proxies close what is silent for a minute."""


class StreamAnswer(AnyAnswer):
    """An ASGI response that a producer feeds."""

    __slots__ = ("_format", "_gone", "_heartbeat", "_name", "_produce", "_trace")

    def __init__(
        self,
        produce: Callable[[Deliver], Coroutine[Any, Any, None]],
        form: Format,
        *,
        name: str,
        trace: str,
        gone: Callable[[], Coroutine[Any, Any, None]],
        heartbeat: float = HEARTBEAT_SECONDS,
    ) -> None:
        """Take what gives the answers of method ``name``; ``gone`` returns when the caller went away.

        ``heartbeat`` is in seconds.
        """
        self._produce = produce
        self._format = form
        self._name = name
        self._trace = trace
        self._gone = gone
        self._heartbeat = heartbeat
        self.headers: Headers = []
        """What is sent beside the stream's own."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream; the ASGI protocol."""
        body = _Body(send, self._own_headers() + self.headers)

        async def deliver(data: bytes, cursor: str) -> None:
            await body.send(self._format.message(data, cursor))

        producer = asyncio.create_task(self._produce(deliver))
        aside = [asyncio.create_task(self._gone()), asyncio.create_task(self._beat(body))]
        try:
            await asyncio.wait([producer, *aside], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (producer, *aside):
                task.cancel()
            await asyncio.wait([producer, *aside])
        if producer.cancelled():
            return  # there is nobody left to answer
        refusal = self._refusal(producer.exception())
        if refusal is None:
            await body.send(self._format.end, last=True)
        elif body.started:
            await body.send(self._format.problem(refusal, self._trace), last=True)
        else:
            await self._refused(refusal)(scope, receive, send)

    async def _beat(self, body: _Body) -> None:
        await asyncio.sleep(OPEN_SECONDS)
        await body.begin()
        while True:
            await asyncio.sleep(self._heartbeat)
            await body.send(self._format.heartbeat)

    def _own_headers(self) -> Headers:
        return [
            (b"content-type", self._format.media_type.encode()),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),  # nginx would wait for more
            (b"x-request-id", self._trace.encode()),
        ]

    def _refusal(self, error: BaseException | None) -> RpcError | None:
        if error is None or isinstance(error, RpcError):
            return error
        logger.error("%s: an answer cannot be sent (trace %s)", self._name, self._trace, exc_info=error)
        return Internal("INTERNAL", f"{self._name} failed; ask the operator for trace {self._trace}")

    def _refused(self, error: RpcError) -> Answer:
        answer = failure(error, self._trace)
        answer.headers.extend(self.headers)
        return answer


class _Body:
    """The parts of a response, which begins with the first of them."""

    def __init__(self, send: Send, headers: Headers) -> None:
        self._send = send
        self._headers = headers
        self._turn = asyncio.Lock()
        self.started = False

    async def begin(self) -> None:
        """Send the headers, if they are not sent."""
        async with self._turn:
            await self._start()

    async def send(self, data: bytes, *, last: bool = False) -> None:
        """Send a part, and return when there is room for the next."""
        async with self._turn:
            await self._start()
            event: HTTPResponseBodyEvent = {"type": "http.response.body", "body": data, "more_body": not last}
            await self._send(event)
        # A server that takes everything at once, as one does whose caller is gone, never lets others run.
        await asyncio.sleep(0)

    async def _start(self) -> None:
        if not self.started:
            start: HTTPResponseStartEvent = {
                "type": "http.response.start",
                "status": 200,
                "headers": self._headers,
            }
            await self._send(start)
            self.started = True
