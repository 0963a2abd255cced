"""The requests of one HTTP request: one for a stream of answers, many for a stream of requests.

A stream of requests comes as JSON documents, one a line, each of them bound as a body of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

from litestar.types import HTTPReceiveMessage, Receive

from oms_core.servers.http import problem
from oms_wire.errors import InvalidArgument


class Body:
    """A body that is read while it comes; nobody else may read from ``receive``.

    ``limit`` is the most bytes that one line may have.
    """

    def __init__(self, receive: Receive, *, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._read = asyncio.Event()

    async def lines(self) -> AsyncIterator[bytes]:
        """Give the lines that are not empty; raises RpcError for one that is too long, or cut off."""
        rest = b""
        async for part in self._parts():
            *whole, rest = (rest + part).split(b"\n")
            for line in whole:
                if stripped := self._within(line).strip():
                    yield stripped
            self._within(rest)
        if stripped := rest.strip():
            yield stripped

    def ended(self) -> None:
        """Say that nothing is read any more: from now on ``gone`` does."""
        self._read.set()

    async def gone(self) -> None:
        """Return when the caller went away, once the body is read."""
        await self._read.wait()
        while (await self._next())["type"] != "http.disconnect":
            pass

    async def _parts(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            event = await self._next()
            if event["type"] == "http.disconnect":
                raise InvalidArgument("BODY_INCOMPLETE", "the connection ended before the body did")
            yield event["body"]
            more = event["more_body"]
        self.ended()

    async def _next(self) -> HTTPReceiveMessage:
        return cast("HTTPReceiveMessage", await self._receive())

    def _within(self, line: bytes) -> bytes:
        if len(line) > self._limit:
            raise problem.too_large(self._limit)
        return line
