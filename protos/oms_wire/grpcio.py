"""Generated clients over grpcio.

For example::

async with grpc.aio.insecure_channel("127.0.0.1:9090") as channel:
    orders = OrdersClient(GrpcChannel(channel, metadata=lambda: [("authorization", f"Bearer {token}")]))
    order = await orders.get_order(GetOrderRequest(order_id="ord_…"), timeout=2)
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Sequence
from typing import Any

import grpc
import grpc.aio

from oms_wire.errors import Internal, InvalidArgument, RpcError
from oms_wire.grpcio_requests import Sending
from oms_wire.method import A, Method, Q
from oms_wire.status import METADATA_KEY, error_of

Metadata = Callable[[], Iterable[tuple[str, str]]]
"""Gives what goes with each call, for example its token; keys are in lower case."""

Beside = Sequence[tuple[str, str]]
"""What goes with one call."""

_Call = Callable[..., Any]


class GrpcChannel:
    """Carries the calls of generated clients over a ``grpc.aio.Channel``, which its maker closes.

    ``metadata`` is asked for each call; what a call brings itself takes its place. Every method raises
    RpcError, and EncodeError for a request that its contract cannot hold.
    """

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
        metadata: Beside | None = None,
    ) -> A:
        """Return the answer to one request."""
        beside = self._beside(metadata)
        if idempotency_key is not None:
            beside.append(("idempotency-key", idempotency_key))
        call = self._call(method, self._channel.unary_unary)
        try:
            data: bytes = await call(bytes(request), metadata=beside, timeout=timeout)
        except grpc.aio.AioRpcError as error:
            raise _error_of(error) from None
        return _parse(method, data)

    async def unary_stream(
        self,
        method: Method[Q, A],
        request: Q,
        /,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - as in unary
        metadata: Beside | None = None,
    ) -> AsyncGenerator[A, None]:
        """Give the answers to one request."""
        call = self._call(method, self._channel.unary_stream)
        answers = call(bytes(request), metadata=self._beside(metadata), timeout=timeout)
        try:
            async for data in answers:
                yield _parse(method, data)
        except grpc.aio.AioRpcError as error:
            raise _error_of(error) from None
        finally:
            answers.cancel()

    async def stream_unary(
        self,
        method: Method[Q, A],
        requests: AsyncIterable[Q],
        /,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - as in unary
        metadata: Beside | None = None,
    ) -> A:
        """Return the answer to all requests."""
        call = self._call(method, self._channel.stream_unary)
        answer = call(metadata=self._beside(metadata), timeout=timeout)
        try:
            async with Sending(answer, requests):
                return _parse(method, await answer)
        except grpc.aio.AioRpcError as error:
            raise _error_of(error) from None

    async def stream_stream(
        self,
        method: Method[Q, A],
        requests: AsyncIterable[Q],
        /,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - as in unary
        metadata: Beside | None = None,
    ) -> AsyncGenerator[A, None]:
        """Give answers while the requests are sent."""
        call = self._call(method, self._channel.stream_stream)
        answers = call(metadata=self._beside(metadata), timeout=timeout)
        try:
            async with Sending(answers, requests):
                async for data in answers:
                    yield _parse(method, data)
        except grpc.aio.AioRpcError as error:
            raise _error_of(error) from None

    def _beside(self, own: Beside | None) -> list[tuple[str, str]]:
        return list(self._metadata() if own is None else own)

    def _call(self, method: Method[Any, Any], make: Callable[[str], _Call]) -> _Call:
        call = self._calls.get(method.full_name)
        if call is None:
            call = self._calls[method.full_name] = make(method.path)
        return call


def _parse(method: Method[Q, A], data: bytes) -> A:
    try:
        return method.response.parse(data)
    except InvalidArgument as error:
        raise Internal("INVALID_ANSWER", f"{method.full_name} answered what it may not: {error}") from None


def _error_of(error: grpc.aio.AioRpcError) -> RpcError:
    trailing = error.trailing_metadata() or ()
    status = next((value for key, value in trailing if key == METADATA_KEY), None)
    number: int = error.code().value[0]
    return error_of(number, error.details() or "", status if isinstance(status, bytes) else None)
