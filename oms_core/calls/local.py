"""Calls between plugins of one process: the callee's pipeline, awaited directly."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Collection
from contextlib import aclosing

from oms_core.calls.endpoint import Endpoint
from oms_core.calls.endpoints import AnyEndpoint, Endpoints
from oms_core.calls.handover import HandoverLog
from oms_core.calls.local_streams import sealed, stream
from oms_core.context import Context, current
from oms_core.errors import PluginError
from oms_core.storage import in_transaction
from oms_wire.errors import PermissionDenied
from oms_wire.method import A, Method, Q
from oms_wire.streaming import one


class LocalChannel:
    """What the clients of plugin ``actor`` call through.

    ``requires`` names the plugins that it may call: their methods trust it, the principal stays who it
    was and ``actor`` is added. With ``handovers`` every message is sealed when it changes hands. Raises
    RpcError, and PluginError for a call inside a transaction.
    """

    __slots__ = ("_actor", "_allowed", "_endpoints", "_handovers")

    def __init__(
        self,
        endpoints: Endpoints,
        *,
        actor: str,
        requires: Collection[str],
        handovers: HandoverLog | None = None,
    ) -> None:
        self._endpoints = endpoints
        self._actor = actor
        self._allowed = frozenset([actor, *requires])
        self._handovers = handovers

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
        self._refuse_in_transaction(method.full_name)
        endpoint = self._endpoints.find(method)
        context = self._entered(endpoint, timeout)
        if self._handovers is not None:
            return await self._sealed(self._handovers, endpoint, request, context, idempotency_key)
        return await endpoint.serve(request, context, key=idempotency_key, trusted=True)

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
        self._refuse_in_transaction(method.full_name)
        endpoint = self._endpoints.find_stream(method)
        context = self._entered(endpoint, timeout)
        log, actor, taker, name = self._handovers, self._actor, endpoint.plugin, method.full_name
        if log is None:
            return stream(endpoint, requests, context, trusted=True)
        asked = sealed(requests, log, giver=actor, taker=taker, method=name)
        answers = stream(endpoint, asked, context, trusted=True)
        return sealed(answers, log, giver=taker, taker=actor, method=name)

    def _refuse_in_transaction(self, method: str) -> None:
        if in_transaction():
            raise PluginError(
                "CALL_IN_TRANSACTION",
                f"plugin {self._actor!r} called {method} inside a transaction",
                hint="call first, then open one short transaction for what the answers lead to",
            )

    def _entered(self, endpoint: AnyEndpoint, seconds: float | None) -> Context:
        """Return the context of a call to ``endpoint``, if this plugin may make it."""
        if endpoint.plugin not in self._allowed:
            raise PermissionDenied(
                "PLUGIN_NOT_REQUIRED",
                f"plugin {self._actor!r} may not call {endpoint.method.full_name}; "
                f"add {endpoint.plugin!r} to its `requires`",
            )
        context = current().acting(self._actor)
        return context if seconds is None else context.within(seconds)

    async def _sealed(
        self,
        handovers: HandoverLog,
        endpoint: Endpoint[Q, A],
        request: Q,
        context: Context,
        key: str | None,
    ) -> A:
        name = endpoint.method.full_name
        handed = handovers.seal(request, giver=self._actor, taker=endpoint.plugin, method=name)
        answer = await endpoint.serve(request, context, key=key, trusted=True)
        handed.check()
        handovers.seal(answer, giver=endpoint.plugin, taker=self._actor, method=name)
        return answer
