"""A generated service in anybody's Litestar application, without plugins, database or tokens.

::

    app = Litestar([*route_handlers(LibraryService(), guards=[signed_in]), home])

Each handler is a native route: ``opt`` holds the method's name and permission for guards to look at, and a
guard's exception is answered as the application answers it. What a guard has found out about the caller
belongs into ``context``, which the service reads with ``oms_core.context.current()``.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import OpenAPI
from litestar.types import Guard

from oms_core.calls import AnyEndpoint, Endpoint, StreamEndpoint
from oms_core.context import ANONYMOUS, DEFAULT_TIMEOUT, Context
from oms_core.plugins.contract import contract_of
from oms_core.servers.http.app import BODY_LIMIT
from oms_core.servers.http.handler import handler_of
from oms_core.servers.http.incoming import Enter
from oms_core.servers.http.openapi import Document, merge
from oms_core.servers.http.stream_answer import HEARTBEAT_SECONDS
from oms_wire.method import Method
from oms_wire.service import Service
from oms_wire.streaming import Streaming


def anonymous(
    authorization: str | None,  # noqa: ARG001
    *,
    timeout: float | None,
    trace: str,
    longest: float = DEFAULT_TIMEOUT,
) -> Context:
    """Return the context of a caller whom only the application's own guards know."""
    seconds = longest if timeout is None else min(timeout, longest)
    return Context("", ANONYMOUS, "", time.monotonic() + seconds, trace)


def route_handlers(
    service: Service,
    *,
    guards: Sequence[Guard] | None = None,
    context: Enter = anonymous,
    body_limit: int = BODY_LIMIT,
    heartbeat: float = HEARTBEAT_SECONDS,
) -> list[HTTPRouteHandler]:
    """Return a handler for each HTTP binding of the service's contract.

    Permissions of the contract are not checked and idempotency keys not kept: that is the runtime's work, and
    here the ``guards``' own. ``body_limit`` is in bytes, ``heartbeat`` of streams in seconds.
    """
    endpoints = {method.full_name: _direct(service, method) for method in service.METHODS}
    return [
        handler_of(
            route,
            endpoints[route.method.full_name],
            context,
            body_limit=body_limit,
            heartbeat=heartbeat,
            guards=guards,
        )
        for route in contract_of(type(service), plugin=type(service).__name__).routes
        if route.method.full_name in endpoints
    ]


def _direct(service: Service, method: Method[Any, Any]) -> AnyEndpoint:
    """Return the endpoint of a method that everybody may call."""
    kind = Endpoint if method.streaming is Streaming.NONE else StreamEndpoint
    return kind(method, getattr(service, method.name), plugin=type(service).__name__)


def contract_openapi(
    services: Iterable[type[Service]], *, title: str, version: str, **options: Any
) -> OpenAPIConfig:
    """Return what shows the contracts of ``services`` on Litestar's own API page, beside hand-written routes.

    ``options`` are those of Litestar's OpenAPIConfig.
    """
    config = _ContractOpenAPI(title=title, version=version, **options)
    config.documents = [contract_of(service, plugin=service.__name__).openapi for service in services]
    return config


class _ContractOpenAPI(OpenAPIConfig):
    documents: Sequence[Document] = ()

    def to_openapi_schema(self) -> OpenAPI:
        found = super().to_openapi_schema()
        document = _Merged(**{field.name: getattr(found, field.name) for field in fields(found)})
        document.documents = self.documents
        return document


class _Merged(OpenAPI):
    documents: Sequence[Document] = ()

    def to_schema(self) -> dict[str, Any]:
        own = super().to_schema()
        merged = merge([own, *self.documents], title=self.info.title, version=self.info.version)
        return {**own, **{name: merged[name] for name in ("paths", "components", "tags") if name in merged}}
