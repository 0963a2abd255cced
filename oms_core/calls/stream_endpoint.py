"""One streaming method of one service as it is served.

::

    context → deadline → permission → each request's rules → the service's method → each answer

Answers are delivered, not fetched: whoever serves waits until one is on its way before the service is asked
for the next, so that a slow reader slows the service down, and one who goes away ends it.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing
from typing import Any, Generic

from oms_core.calls.admission import Admission
from oms_core.calls.deadline import Deadline
from oms_core.calls.endpoint import failed
from oms_core.calls.open_streams import OpenStreams
from oms_core.calls.pulled import Deliver
from oms_core.context import Context, use
from oms_wire.errors import InvalidArgument, RpcError
from oms_wire.method import A, Method, Q, Scope
from oms_wire.rules import refusal
from oms_wire.streaming import Streaming


class StreamEndpoint(Generic[Q, A]):
    """A streaming method bound to the service that answers it and to the rules that guard it.

    Without an ``admission`` everybody may call it. ``handle`` is the service's method; what it takes and
    returns depends on ``method.streaming``.
    """

    __slots__ = ("_admission", "_check", "_handle", "_open", "method", "plugin")

    def __init__(
        self,
        method: Method[Q, A],
        handle: Callable[[Any], Any],
        *,
        plugin: str,
        admission: Admission[Q] | None = None,
        open_streams: OpenStreams | None = None,
    ) -> None:
        self.method = method
        self.plugin = plugin
        self._handle = handle
        self._check = method.check
        self._admission = None if method.access.scope is Scope.PUBLIC else admission
        self._open = OpenStreams() if open_streams is None else open_streams

    async def serve(
        self, requests: AsyncIterable[Q], context: Context, deliver: Deliver[A], *, trusted: bool = False
    ) -> None:
        """Deliver every answer; raises RpcError and nothing else but cancellation.

        Each request is checked before the service sees it, the permission again for each place that a
        request names. ``trusted`` is as for ``Endpoint.serve``.
        """
        name = self.method.full_name
        with use(context), Deadline(context.remaining, name) as deadline:
            try:
                with self._open.including(deadline, self.method):
                    admitted = self._admitted(requests, context, None if trusted else self._admission)
                    await self._answer(admitted, deliver)
            except RpcError:
                raise
            except Exception as error:
                raise failed(name, context) from error

    async def _answer(self, requests: AsyncIterator[Q], deliver: Deliver[A]) -> None:
        async with AsyncExitStack() as stack:
            if self.method.streaming is Streaming.CLIENT:
                await deliver(await self._handle(requests))
                return
            if self.method.streaming is Streaming.SERVER:
                answers = self._handle(await self._only(requests))
            else:
                answers = self._handle(requests)
            if hasattr(answers, "aclose"):
                await stack.enter_async_context(aclosing(answers))
            async for answer in answers:
                await deliver(answer)

    async def _admitted(
        self, requests: AsyncIterable[Q], context: Context, admission: Admission[Q] | None
    ) -> AsyncIterator[Q]:
        allowed: str | None = None
        if admission is not None and not admission.is_placed:
            await admission.authorise_place(context)
            allowed = ""
        async for request in requests:
            if admission is not None:
                place = admission.place_of(request)
                if place != allowed or admission.guards_fields:
                    await admission.authorise(request, context)
                    allowed = place
            if self._check is not None and (broken := self._check(request)):
                raise refusal(broken)
            yield request

    async def _only(self, requests: AsyncIterator[Q]) -> Q:
        async for request in requests:
            return request
        raise InvalidArgument("REQUEST_MISSING", f"{self.method.full_name} wants one request, and none came")
