"""Calls between plugins of one process: the callee's pipeline, awaited directly."""

from __future__ import annotations

from collections.abc import Collection

from oms_core.calls.endpoint import Endpoint
from oms_core.calls.endpoints import Endpoints
from oms_core.calls.handover import HandoverLog
from oms_core.context import Context, current
from oms_core.errors import PluginError
from oms_core.storage import in_transaction
from oms_wire.errors import PermissionDenied
from oms_wire.method import A, Method, Q


class LocalChannel:
    """What the clients of plugin ``actor`` call through.

    ``requires`` names the plugins that it may call: their methods trust it, the principal stays who it
    was and ``actor`` is added. With ``handovers`` every message is sealed when it changes hands.
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
        """Return the answer; raises RpcError, and PluginError for a call inside a transaction."""
        if in_transaction():
            raise PluginError(
                "CALL_IN_TRANSACTION",
                f"plugin {self._actor!r} called {method.full_name} inside a transaction",
                hint="call first, then open one short transaction for what the answers lead to",
            )
        endpoint = self._endpoints.find(method)
        if endpoint.plugin not in self._allowed:
            raise PermissionDenied(
                "PLUGIN_NOT_REQUIRED",
                f"plugin {self._actor!r} may not call {method.full_name}; "
                f"add {endpoint.plugin!r} to its `requires`",
            )
        context = current().acting(self._actor)
        if timeout is not None:
            context = context.within(timeout)
        if self._handovers is not None:
            return await self._sealed(self._handovers, endpoint, request, context, idempotency_key)
        return await endpoint.serve(request, context, key=idempotency_key, trusted=True)

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
