"""Generated clients over grpcio.

For example::

async with grpc.aio.insecure_channel("127.0.0.1:9090") as channel:
    orders = OrdersClient(GrpcChannel(channel, metadata=lambda: [("authorization", f"Bearer {token}")]))
    order = await orders.get_order(GetOrderRequest(order_id="ord_…"), timeout=2)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import grpc
import grpc.aio

from oms_wire.errors import Internal, InvalidArgument, RpcError
from oms_wire.method import A, Method, Q
from oms_wire.status import METADATA_KEY, error_of

Metadata = Callable[[], Iterable[tuple[str, str]]]
"""Gives what goes with each call, for example its token; keys are in lower case."""

_Call = Callable[..., Any]


class GrpcChannel:
    """Carries the calls of generated clients over a ``grpc.aio.Channel``, which its maker closes."""

    __slots__ = ("_calls", "_channel", "_metadata")

    def __init__(self, channel: grpc.aio.Channel, *, metadata: Metadata = tuple) -> None:
        self._channel = channel
        self._metadata = metadata
        self._calls: dict[str, _Call] = {}

    async def unary(
        self,
        method: Method[Q, A],
        request: Q,
        /,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - grpcio keeps the deadline, and tells the server
    ) -> A:
        """Return the answer; raises RpcError, and EncodeError for a request that its contract cannot hold."""
        metadata = list(self._metadata())
        if idempotency_key is not None:
            metadata.append(("idempotency-key", idempotency_key))
        try:
            data: bytes = await self._call(method.path)(bytes(request), metadata=metadata, timeout=timeout)
        except grpc.aio.AioRpcError as error:
            raise _error_of(error) from None
        try:
            return method.response.parse(data)
        except InvalidArgument as error:
            raise Internal(
                "INVALID_ANSWER", f"{method.full_name} answered what it may not: {error}"
            ) from None

    def _call(self, path: str) -> _Call:
        call = self._calls.get(path)
        if call is None:
            call = self._calls[path] = self._channel.unary_unary(path)
        return call


def _error_of(error: grpc.aio.AioRpcError) -> RpcError:
    trailing = error.trailing_metadata() or ()
    status = next((value for key, value in trailing if key == METADATA_KEY), None)
    number: int = error.code().value[0]
    return error_of(number, error.details() or "", status if isinstance(status, bytes) else None)
