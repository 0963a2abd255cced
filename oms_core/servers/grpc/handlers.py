"""Endpoints as gRPC method handlers: bytes in, bytes out, errors as google.rpc.Status."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, cast

import grpc

from oms_core.calls import Endpoint
from oms_core.servers.entrance import Entrance, trace_of
from oms_core.servers.grpc.status import METADATA_KEY, details_of
from oms_wire.errors import Internal, RpcError

Behaviour = Callable[[bytes, "grpc.aio.ServicerContext[bytes, bytes]"], Awaitable[bytes]]

logger = logging.getLogger(__name__)

_CODES: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}


def service_handler(
    name: str, endpoints: Iterable[Endpoint[Any, Any]], entrance: Entrance
) -> grpc.GenericRpcHandler:
    """Return the handler of one service, every method of it served by its endpoint."""
    methods = {
        endpoint.method.full_name.rpartition("/")[2]: grpc.unary_unary_rpc_method_handler(
            behaviour_of(endpoint, entrance)
        )
        for endpoint in endpoints
    }
    return cast("grpc.GenericRpcHandler", grpc.method_handlers_generic_handler(name, methods))


def behaviour_of(endpoint: Endpoint[Any, Any], entrance: Entrance) -> Behaviour:
    """Return the function that grpc calls for one method."""
    parse, serve, enter = endpoint.method.request.parse, endpoint.serve, entrance.context

    async def behaviour(data: bytes, call: grpc.aio.ServicerContext[bytes, bytes]) -> bytes:
        metadata = {str(key): str(value) for key, value in call.invocation_metadata() or ()}
        trace = trace_of(metadata.get("traceparent"), metadata.get("x-request-id"))
        try:
            context = enter(metadata.get("authorization"), timeout=call.time_remaining(), trace=trace)
            answer = await serve(parse(data), context, key=metadata.get("idempotency-key"))
            return bytes(answer)
        except RpcError as error:
            refusal = error
        except Exception:
            logger.exception("%s: the answer cannot be sent (trace %s)", endpoint.method.full_name, trace)
            refusal = Internal("INTERNAL", f"{endpoint.method.full_name} failed; ask for trace {trace}")
        await call.abort(
            _CODES[refusal.grpc_code],
            refusal.message,
            trailing_metadata=(("x-request-id", trace), (METADATA_KEY, details_of(refusal, trace))),
        )
        raise AssertionError("abort returned")  # it raises

    return behaviour
