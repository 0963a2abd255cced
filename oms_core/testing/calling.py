"""Calls of tests: as somebody outside, with what he may do."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from dataclasses import dataclass

from oms_core.calls import Endpoints
from oms_core.calls.local_streams import stream
from oms_core.context import DEFAULT_TIMEOUT, STREAM_TIMEOUT, Context, Principal
from oms_core.ids import new_id
from oms_wire.method import A, Idempotency, Method, Q
from oms_wire.streaming import one


@dataclass(frozen=True, slots=True)
class CallerChannel:
    """Carries calls from outside: with a principal's permissions, and a fresh key where one is needed."""

    endpoints: Endpoints
    tenant: str
    principal: Principal

    async def unary(
        self,
        method: Method[Q, A],
        request: Q,
        /,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - Channel's signature
    ) -> A:
        """Return the answer to one request."""
        keyed = method.idempotency is Idempotency.KEYED
        key = idempotency_key or (new_id("key") if keyed else None)
        context = self._context(timeout, DEFAULT_TIMEOUT)
        return await self.endpoints.find(method).serve(request, context, key=key)

    def unary_stream(
        self, method: Method[Q, A], request: Q, /, *, timeout: float | None = None
    ) -> AsyncGenerator[A, None]:
        """Give the answers to one request."""
        return self.stream_stream(method, one(request), timeout=timeout)

    async def stream_unary(
        self,
        method: Method[Q, A],
        requests: AsyncIterable[Q],
        /,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - Channel's signature
    ) -> A:
        """Return the answer to all requests."""
        async with aclosing(self.stream_stream(method, requests, timeout=timeout)) as answers:
            return await anext(answers)

    def stream_stream(
        self, method: Method[Q, A], requests: AsyncIterable[Q], /, *, timeout: float | None = None
    ) -> AsyncGenerator[A, None]:
        """Give answers while the requests are sent."""
        context = self._context(timeout, STREAM_TIMEOUT)
        return stream(self.endpoints.find_stream(method), requests, context, trusted=False)

    def _context(self, seconds: float | None, longest: float) -> Context:
        context = Context(tenant=self.tenant, principal=self.principal, deadline=time.monotonic() + longest)
        return context if seconds is None else context.within(seconds)
