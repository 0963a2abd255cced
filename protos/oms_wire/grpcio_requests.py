"""A stream of requests on its way to a gRPC server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from types import TracebackType
from typing import Any, Self

import grpc.aio

from oms_wire.method import WireMessage


class Sending:
    """``async with Sending(call, requests):`` sends inside the block, at the pace that the server reads.

    What ``requests`` itself raises cancels the call and comes out of the block, in place of what the
    cancelled call has to say. Whatever is not sent when the block ends is not asked for any more.
    """

    def __init__(self, call: Any, requests: AsyncIterable[WireMessage]) -> None:
        self._call = call
        self._requests = requests
        self._failure: Exception | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._send())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._call.cancel()
        self._task.cancel()
        await asyncio.wait([self._task])
        if self._failure is not None and kind is not GeneratorExit:
            raise self._failure

    async def _send(self) -> None:
        try:
            async for request in self._requests:
                await self._call.write(bytes(request))
            await self._call.done_writing()
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
            pass  # the call is over; its answer says why
        except Exception as error:
            self._failure = error
            self._call.cancel()
