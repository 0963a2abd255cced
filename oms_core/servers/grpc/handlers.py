"""Endpoints as gRPC method handlers: bytes in, bytes out, errors as google.rpc.Status."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, cast

import grpc

from oms_core.calls import AnyEndpoint, Endpoint, StreamEndpoint
from oms_core.servers.entrance import Entrance
from oms_core.servers.grpc.incoming import Call, Incoming
from oms_core.servers.grpc.stream_handlers import stream_handler
from oms_wire.errors import Internal, RpcError

Behaviour = Callable[[bytes, Call], Awaitable[bytes]]

logger = logging.getLogger(__name__)


def service_handler(
    name: str, endpoints: Iterable[AnyEndpoint], entrance: Entrance
) -> grpc.GenericRpcHandler:
    """Return the handler of one service, every method of it served by its endpoint."""
    methods = {
        endpoint.method.full_name.rpartition("/")[2]: stream_handler(endpoint, entrance)
        if isinstance(endpoint, StreamEndpoint)
        else grpc.unary_unary_rpc_method_handler(behaviour_of(endpoint, entrance))
        for endpoint in endpoints
    }
    return cast("grpc.GenericRpcHandler", grpc.method_handlers_generic_handler(name, methods))


def behaviour_of(endpoint: Endpoint[Any, Any], entrance: Entrance) -> Behaviour:
    """Return the function that grpc calls for one method."""
    parse, serve, plugin = endpoint.method.request.parse, endpoint.serve, endpoint.plugin

    async def behaviour(data: bytes, call: Call) -> bytes:
        incoming = Incoming(call)
        try:
            context = incoming.context(entrance, plugin=plugin)
            key = incoming.metadata.get("idempotency-key")
            # Only another process of this system can say that a plugin acts.
            answer = await serve(parse(data), context, key=key, trusted=bool(context.actor))
            return bytes(answer)
        except RpcError as error:
            refusal = error
        except Exception:
            refusal = unsendable(endpoint.method.full_name, incoming.trace)
        return await incoming.refuse(refusal)

    return behaviour


def unsendable(method: str, trace: str) -> Internal:
    """Log the exception that is being handled and return what the caller is told of it."""
    logger.exception("%s: the answer cannot be sent (trace %s)", method, trace)
    return Internal("INTERNAL", f"{method} failed; ask for trace {trace}")
