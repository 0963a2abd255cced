"""The HTTP application: every generated route, the pages beside them, one shape of error."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from oms_core.auth import Verifier
from oms_core.calls import Endpoints
from oms_core.errors import PluginError
from oms_core.servers.entrance import Entrance, trace_of
from oms_core.servers.http import problem
from oms_core.servers.http.handler import handler_of
from oms_core.servers.http.openapi import Document, merge
from oms_core.servers.http.pages import Degraded, Readiness, none_degraded, pages
from oms_core.servers.http.stream_answer import HEARTBEAT_SECONDS
from oms_wire.errors import Internal, RpcError
from oms_wire.route import Route
from oms_wire.template import parse

logger = logging.getLogger(__name__)

BODY_LIMIT = 256 * 1024
"""Bytes of one request's body."""


def build_app(
    routes: Iterable[Route[Any, Any]],
    endpoints: Endpoints,
    *,
    verifier: Verifier,
    ready: Readiness,
    degraded: Degraded = none_degraded,
    documents: Sequence[Document] = (),
    title: str = "OMS",
    version: str = "0",
    body_limit: int = BODY_LIMIT,
    heartbeat: float = HEARTBEAT_SECONDS,
) -> Litestar:
    """Return the application; raises PluginError when two routes are one.

    Served are those of ``routes`` whose method is in ``endpoints``. ``ready`` returns what is missing, by
    name, and is asked by /readyz; ``degraded`` which plugins are off all the same. ``documents`` are the
    contracts' OpenAPI documents. ``body_limit`` is in bytes, ``heartbeat`` of streams in seconds.
    """
    entrance = Entrance(verifier)
    served = [(route, endpoint) for route in routes if (endpoint := endpoints.get(route.method.full_name))]
    _refuse_duplicates((route, endpoint.plugin) for route, endpoint in served)
    handlers: list[HTTPRouteHandler] = [
        handler_of(route, endpoint, entrance.context, body_limit=body_limit, heartbeat=heartbeat)
        for route, endpoint in served
    ]
    return Litestar(
        route_handlers=[
            *handlers,
            *pages(merge(documents, title=title, version=version), ready, degraded=degraded),
        ],
        exception_handlers={HTTPException: _http_error, Exception: _our_error},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=body_limit,
    )


def _refuse_duplicates(routes: Iterable[tuple[Route[Any, Any], str]]) -> None:
    taken: dict[tuple[str, str], tuple[Route[Any, Any], str]] = {}
    for route, plugin in routes:
        place = (route.http_method, parse(route.template).shape)
        first = taken.setdefault(place, (route, plugin))
        if first[0] is not route:
            raise PluginError(
                "ROUTE_DUPLICATE",
                f"{route.http_method} {route.template} is {route.method.full_name} of plugin {plugin!r} and "
                f"{first[0].method.full_name} of plugin {first[1]!r}",
                hint="change the google.api.http option of one of them",
            )


def _http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Answer for what Litestar itself refuses: no such route, wrong method, too large."""
    ours = problem.from_status(error.status_code, f"{request.method} {request.url.path}: {error.detail}")
    return _response(ours, _trace(request), dict(error.headers or {}))


def _our_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer for a failure outside every generated route."""
    trace = _trace(request)
    logger.error("%s %s failed (trace %s)", request.method, request.url.path, trace, exc_info=error)
    return _response(
        Internal("INTERNAL", f"the request failed; ask the operator for trace {trace}"), trace, {}
    )


def _trace(request: Request[Any, Any, Any]) -> str:
    return trace_of(request.headers.get("traceparent"), request.headers.get("x-request-id"))


def _response(error: RpcError, trace: str, headers: dict[str, str]) -> Response[bytes]:
    return Response(
        problem.body_of(error, trace),
        status_code=error.http_status,
        media_type=problem.MEDIA_TYPE,
        headers={**headers, "x-request-id": trace},
    )
