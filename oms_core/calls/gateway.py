"""Calls from outside for plugins of other processes: every process answers every route.

The call is passed on with the principal that came in, and nothing is decided on the way: permission,
rules and the idempotency key are checked where the plugin is.
"""

from __future__ import annotations

from typing import Any

from oms_core.calls.deadline import Deadline
from oms_core.calls.endpoint import Endpoint, failed
from oms_core.calls.endpoints import AnyEndpoint
from oms_core.calls.stream_endpoint import StreamEndpoint
from oms_core.context import Context, use
from oms_wire.errors import RpcError
from oms_wire.method import A, Method, Q
from oms_wire.service import Channel
from oms_wire.streaming import Streaming


def passing_on(method: Method[Any, Any], channel: Channel, *, plugin: str) -> AnyEndpoint:
    """Return an endpoint that passes calls of ``method`` on to ``plugin`` over ``channel``."""
    if method.streaming is Streaming.NONE:
        return _PassedOn(method, channel, plugin=plugin)
    if method.streaming is Streaming.SERVER:
        return StreamEndpoint(method, lambda request: channel.unary_stream(method, request), plugin=plugin)
    if method.streaming is Streaming.CLIENT:
        return StreamEndpoint(method, lambda requests: channel.stream_unary(method, requests), plugin=plugin)
    return StreamEndpoint(method, lambda requests: channel.stream_stream(method, requests), plugin=plugin)


class _PassedOn(Endpoint[Q, A]):
    """A unary method that is served elsewhere."""

    __slots__ = ("_channel",)

    def __init__(self, method: Method[Q, A], channel: Channel, *, plugin: str) -> None:
        super().__init__(method, lambda request: channel.unary(method, request), plugin=plugin)
        self._channel = channel

    async def serve(
        self,
        request: Q,
        context: Context,
        *,
        key: str | None = None,
        trusted: bool = False,  # noqa: ARG002 - it is for the plugin to know
    ) -> A:
        """Return the answer that the plugin gives; raises RpcError and nothing else but cancellation."""
        with use(context), Deadline(context.remaining, self.method.full_name):
            try:
                return await self._channel.unary(self.method, request, idempotency_key=key)
            except RpcError:
                raise
            except Exception as error:
                raise failed(self.method.full_name, context) from error
