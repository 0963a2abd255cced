"""One generated route as a native Litestar handler: a closure that is built once and does little."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import parse_qsl

from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.types import Guard
from litestar.types import Method as HttpMethod

from oms_core.calls.deadline import Deadline
from oms_core.context import Context
from oms_core.servers.entrance import trace_of
from oms_core.servers.http.answer import Answer, failure, other_success, success
from oms_core.servers.http.body import read_body
from oms_core.servers.http.deprecation import announcing
from oms_core.servers.http.matching import litestar_paths, plain_value
from oms_core.servers.http.routing import TemplateHandler
from oms_wire.errors import Internal, InvalidArgument, RpcError
from oms_wire.method import A, Q
from oms_wire.route import Route, raw_body
from oms_wire.template import parse

logger = logging.getLogger(__name__)

MAX_PAIRS = 200
"""Query parameters of one request."""

_NO_PAIRS: tuple[tuple[str, str], ...] = ()


Q_contra = TypeVar("Q_contra", contravariant=True)
A_co = TypeVar("A_co", covariant=True)


class Serving(Protocol[Q_contra, A_co]):
    """What a route leads to."""

    async def serve(self, request: Q_contra, context: Context, *, key: str | None = None) -> A_co:
        """Return the answer; raises RpcError."""


class Enter(Protocol):
    """Gives the context of a call."""

    def __call__(self, authorization: str | None, *, timeout: float | None, trace: str) -> Context:
        """Return it; raises RpcError for a caller who may not enter. ``timeout`` is in seconds."""


def handler_of(
    route: Route[Q, A],
    endpoint: Serving[Q, A],
    enter: Enter,
    *,
    body_limit: int,
    guards: Sequence[Guard] | None = None,
) -> HTTPRouteHandler:
    """Return the Litestar handler that serves ``route`` through ``endpoint``."""
    name = route.method.full_name
    bind, has_body, serve, answered = route.bind, route.has_body, endpoint.serve, route.answer

    async def handle(request: Request[Any, Any, Any]) -> Answer:
        scope = request.scope
        headers = dict(scope["headers"])
        trace = trace_of(_text(headers, b"traceparent"), _text(headers, b"x-request-id"))
        try:
            context = enter(_text(headers, b"authorization"), timeout=_timeout(headers), trace=trace)
            parameters = scope["path_params"]
            if parameters:
                parameters = _checked(parameters)
            query = scope["query_string"]
            if has_body:
                with Deadline(context.remaining, name):  # for who sends a body drop by drop
                    body = await read_body(request.receive, headers.get(b"content-length"), body_limit)
                if route.takes_raw:
                    body = raw_body(body, _text(headers, b"content-type") or "")
            elif headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers:
                raise InvalidArgument("UNEXPECTED_BODY", "this method takes no body; use query parameters")
            else:
                body = b""
            message = bind(parameters, _pairs(query) if query else _NO_PAIRS, body)
            answer = await serve(message, context, key=_text(headers, b"idempotency-key"))
            if answered is not None:
                return other_success(*answered(answer), trace)
            return success(answer.encode_json(), trace)
        except RpcError as error:
            return failure(error, trace)
        except Exception:
            logger.exception("%s: no answer can be sent (trace %s)", name, trace)
            return failure(Internal("INTERNAL", f"{name} failed; ask the operator for trace {trace}"), trace)

    handle.__doc__ = f"Serve {name}."
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
    return handler(announcing(handle, route.method))


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


def _checked(parameters: dict[str, str]) -> dict[str, str]:
    """Return the path parameters as the caller meant them; raises InvalidArgument."""
    for name, value in parameters.items():
        if "%" in value:
            # Litestar's dictionary is shared by all requests for the path.
            return _checked_plain({name: plain_value(value) for name, value in parameters.items()})
        if not value.isprintable():
            raise _unprintable(name)
    return parameters


def _checked_plain(parameters: dict[str, str]) -> dict[str, str]:
    for name, value in parameters.items():
        if not value.isprintable():
            raise _unprintable(name)
    return parameters


def _unprintable(name: str) -> InvalidArgument:
    return InvalidArgument("PATH_INVALID", f"{name} in the path has characters that no id has")


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_PAIRS
        )
    except ValueError:
        raise InvalidArgument(
            "QUERY_INVALID", f"the query string is not UTF-8, or has more than {MAX_PAIRS} parameters"
        ) from None
