"""One generated route as a native Litestar handler: a closure that is built once and does little."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, cast

from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.types import Guard
from litestar.types import Method as HttpMethod

from oms_core.calls import AnyEndpoint, Endpoint, StreamEndpoint
from oms_core.servers.entrance import trace_of
from oms_core.servers.http.answer import Answer, failure, other_success, success
from oms_core.servers.http.body import read_whole
from oms_core.servers.http.deprecation import Handle, announcing
from oms_core.servers.http.incoming import Enter, checked, pairs, text, timeout_of
from oms_core.servers.http.matching import litestar_paths
from oms_core.servers.http.routing import TemplateHandler
from oms_core.servers.http.stream_answer import HEARTBEAT_SECONDS
from oms_core.servers.http.stream_handler import stream_handle
from oms_wire.errors import Internal, RpcError
from oms_wire.route import Route
from oms_wire.template import parse

logger = logging.getLogger(__name__)

_NO_PAIRS: tuple[tuple[str, str], ...] = ()


def handler_of(
    route: Route[Any, Any],
    endpoint: AnyEndpoint,
    enter: Enter,
    *,
    body_limit: int,
    heartbeat: float = HEARTBEAT_SECONDS,
    guards: Sequence[Guard] | None = None,
) -> HTTPRouteHandler:
    """Return the Litestar handler that serves ``route`` through ``endpoint``.

    ``body_limit`` is in bytes; of a stream of requests it limits each one. ``heartbeat`` is in seconds.
    """
    handle: Handle
    if isinstance(endpoint, StreamEndpoint):
        handle = stream_handle(route, endpoint, enter, body_limit=body_limit, heartbeat=heartbeat)
    else:
        handle = _unary(route, endpoint, enter, body_limit=body_limit)
    name = route.method.full_name
    template = parse(route.template)
    handler = TemplateHandler(
        litestar_paths(template),
        http_method=cast("HttpMethod", route.http_method),
        name=f"{route.http_method} {route.template}",
        status_code=200,  # Litestar takes 204 for DELETE, which has no body, and google.api.http 200
        include_in_schema=False,
        guards=guards,
        opt={"method": name, "permission": route.method.access.permission},
    )
    handler.template = template
    handle = announcing(handle, route.method)
    handle.__doc__ = f"Serve {name}."
    return handler(handle)


def _unary(route: Route[Any, Any], endpoint: Endpoint[Any, Any], enter: Enter, *, body_limit: int) -> Handle:
    name, bind, serve, answered = route.method.full_name, route.bind, endpoint.serve, route.answer

    async def handle(request: Request[Any, Any, Any]) -> Answer:
        scope = request.scope
        headers = dict(scope["headers"])
        trace = trace_of(text(headers, b"traceparent"), text(headers, b"x-request-id"))
        try:
            context = enter(text(headers, b"authorization"), timeout=timeout_of(headers), trace=trace)
            parameters = scope["path_params"]
            if parameters:
                parameters = checked(parameters)
            query = scope["query_string"]
            body = await read_whole(route, request, headers, context, limit=body_limit)
            message = bind(parameters, pairs(query) if query else _NO_PAIRS, body)
            answer = await serve(message, context, key=text(headers, b"idempotency-key"))
            if answered is not None:
                return other_success(*answered(answer), trace)
            return success(answer.encode_json(), trace)
        except RpcError as error:
            return failure(error, trace)
        except Exception:
            logger.exception("%s: no answer can be sent (trace %s)", name, trace)
            return failure(Internal("INTERNAL", f"{name} failed; ask the operator for trace {trace}"), trace)

    return handle
