"""One generated route as a native Litestar handler: a closure that is built once and does little."""

from __future__ import annotations

import logging
from typing import Any, cast
from urllib.parse import parse_qsl

from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.types import Method as HttpMethod

from oms_core.calls import Endpoint
from oms_core.calls.deadline import Deadline
from oms_core.servers.entrance import Entrance, trace_of
from oms_core.servers.http.answer import Answer, failure, success
from oms_core.servers.http.body import read_body
from oms_core.servers.http.problem import from_status
from oms_wire.errors import Internal, InvalidArgument, RpcError
from oms_wire.method import A, Q
from oms_wire.route import Route

logger = logging.getLogger(__name__)

MAX_PAIRS = 200
"""Query parameters of one request."""

_NO_PAIRS: tuple[tuple[str, str], ...] = ()


def handler_of(
    route: Route[Q, A], endpoint: Endpoint[Q, A], entrance: Entrance, *, body_limit: int
) -> HTTPRouteHandler:
    """Return the Litestar handler that serves ``route`` through ``endpoint``."""
    name = route.method.full_name
    bind, has_body, serve, enter = route.bind, route.has_body, endpoint.serve, entrance.context

    async def handle(request: Request[Any, Any, Any]) -> Answer:
        scope = request.scope
        headers = dict(scope["headers"])
        trace = trace_of(_text(headers, b"traceparent"), _text(headers, b"x-request-id"))
        try:
            context = enter(_text(headers, b"authorization"), timeout=_timeout(headers), trace=trace)
            parameters = scope["path_params"]
            if parameters:
                _check_parameters(parameters)
            query = scope["query_string"]
            if has_body:
                with Deadline(context.remaining, name):  # for who sends a body drop by drop
                    body = await read_body(request.receive, headers.get(b"content-length"), body_limit)
            elif headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers:
                raise InvalidArgument("UNEXPECTED_BODY", "this method takes no body; use query parameters")
            else:
                body = b""
            message = bind(parameters, _pairs(query) if query else _NO_PAIRS, body)
            answer = await serve(message, context, key=_text(headers, b"idempotency-key"))
            return success(answer.encode_json(), trace)
        except RpcError as error:
            return failure(error, trace)
        except Exception:
            logger.exception("%s: no answer can be sent (trace %s)", name, trace)
            return failure(Internal("INTERNAL", f"{name} failed; ask the operator for trace {trace}"), trace)

    handle.__doc__ = f"Serve {name}."
    return HTTPRouteHandler(
        litestar_path(route),
        http_method=cast("HttpMethod", route.http_method),
        name=f"{route.http_method} {route.template}",
        status_code=200,  # Litestar takes 204 for DELETE, which has no body, and google.api.http 200
        include_in_schema=False,
        opt={"method": name, "permission": route.method.access.permission},
    )(handle)


def litestar_path(route: Route[Any, Any]) -> str:
    """Return the path under which Litestar routes: the verb becomes a segment of its own."""
    path = route.path.replace("}", ":str}")
    return f"{path}/:{route.verb}" if route.verb else path


def _text(headers: dict[bytes, bytes], name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def _timeout(headers: dict[bytes, bytes]) -> float | None:
    value = headers.get(b"x-request-timeout")
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not seconds > 0:  # false for nan, too
        raise InvalidArgument("TIMEOUT_INVALID", "X-Request-Timeout is a positive number of seconds")
    return seconds


def _check_parameters(parameters: dict[str, str]) -> None:
    for name, value in parameters.items():
        if value.startswith(":"):  # an unknown verb on a collection, which the router took for an id
            raise from_status(404, f"there is no verb {value[1:]!r} here")
        if not value.isprintable():
            raise InvalidArgument("PATH_INVALID", f"{name} in the path has characters that no id has")


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_PAIRS
        )
    except ValueError:
        raise InvalidArgument(
            "QUERY_INVALID", f"the query string is not UTF-8, or has more than {MAX_PAIRS} parameters"
        ) from None
