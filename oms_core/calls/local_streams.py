"""A stream between plugins of one process: each side runs in its own task and in its own context."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import AsyncExitStack, aclosing
from contextvars import Context as Variables
from contextvars import copy_context

from oms_core.calls.handover import HandoverLog
from oms_core.calls.pulled import Deliver, pulled, pump
from oms_core.calls.stream_endpoint import StreamEndpoint
from oms_core.context import Context
from oms_wire.errors import Cancelled
from oms_wire.method import A, Q


def stream(
    endpoint: StreamEndpoint[Q, A], requests: AsyncIterable[Q], context: Context, *, trusted: bool
) -> AsyncGenerator[A, None]:
    """Give the answers of ``endpoint`` to ``requests``; ``trusted`` is as for ``Endpoint.serve``."""
    # Taken now: the stream may be read, or its requests be asked for, somewhere else.
    here = copy_context()

    async def serve(deliver: Deliver[A]) -> None:
        async with aclosing(_requests(requests, here)) as asked:
            try:
                await endpoint.serve(asked, context, deliver, trusted=trusted)
            except _Broken as broken:
                raise broken.reason from None

    return pulled(serve, copy_context())


async def sealed(
    messages: AsyncIterable[Q], handovers: HandoverLog, *, giver: str, taker: str, method: str
) -> AsyncGenerator[Q, None]:
    """Give the messages on, each sealed as it changes hands."""
    async with AsyncExitStack() as stack:
        if isinstance(messages, AsyncGenerator):
            await stack.enter_async_context(aclosing(messages))
        async for message in messages:
            handovers.seal(message, giver=giver, taker=taker, method=method)
            yield message


class _Broken(Cancelled):
    """What the service sees when its caller cannot go on; the caller gets back what it raised."""

    def __init__(self, reason: Exception) -> None:
        super().__init__("CALLER_FAILED", "the caller could not send its next request")
        self.reason = reason


def _requests(requests: AsyncIterable[Q], here: Variables) -> AsyncGenerator[Q, None]:
    async def give(deliver: Deliver[Q]) -> None:
        try:
            await pump(requests, deliver)
        except Exception as error:
            raise _Broken(error) from error

    return pulled(give, here)
