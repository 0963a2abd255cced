"""Streaming endpoints as gRPC method handlers.

grpc cancels the task of a call whose caller is gone, and with it the service's stream. Its flow control makes
``write`` wait for a slow reader.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from typing import Any

import grpc

from oms_core.calls import Deliver, StreamEndpoint
from oms_core.context import STREAM_TIMEOUT
from oms_core.servers.entrance import Entrance
from oms_core.servers.grpc.incoming import Call, Incoming
from oms_wire.errors import RpcError
from oms_wire.method import Q, WireMessage
from oms_wire.streaming import Streaming, one

Run = Callable[[AsyncIterable[bytes], Call, Deliver[WireMessage]], Awaitable[None]]


def stream_handler(endpoint: StreamEndpoint[Any, Any], entrance: Entrance) -> grpc.RpcMethodHandler:
    """Return what grpc calls for one streaming method."""
    run = _runner(endpoint, entrance)

    async def unary_stream(data: bytes, call: Call) -> None:
        await run(one(data), call, _writing(call))

    async def stream_unary(requests: AsyncIterable[bytes], call: Call) -> bytes:
        answers: list[bytes] = []

        async def keep(answer: WireMessage) -> None:
            answers.append(bytes(answer))

        await run(requests, call, keep)
        return answers[0]

    async def stream_stream(requests: AsyncIterable[bytes], call: Call) -> None:
        await run(requests, call, _writing(call))

    match endpoint.method.streaming:
        case Streaming.SERVER:
            return grpc.unary_stream_rpc_method_handler(unary_stream)
        case Streaming.CLIENT:
            return grpc.stream_unary_rpc_method_handler(stream_unary)
        case _:
            return grpc.stream_stream_rpc_method_handler(stream_stream)


def _writing(call: Call) -> Deliver[WireMessage]:
    async def write(answer: WireMessage) -> None:
        await call.write(bytes(answer))

    return write


def _runner(endpoint: StreamEndpoint[Any, Any], entrance: Entrance) -> Run:
    parse, serve, plugin = endpoint.method.request.parse, endpoint.serve, endpoint.plugin

    async def run(requests: AsyncIterable[bytes], call: Call, deliver: Deliver[WireMessage]) -> None:
        incoming = Incoming(call)
        try:
            context = incoming.context(entrance, plugin=plugin, longest=STREAM_TIMEOUT)
            await serve(_parsed(requests, parse), context, deliver, trusted=bool(context.actor))
            return
        except RpcError as error:
            refusal = error
        await incoming.refuse(refusal)

    return run


async def _parsed(requests: AsyncIterable[bytes], parse: Callable[[bytes], Q]) -> AsyncIterator[Q]:
    async for data in requests:
        yield parse(data)
