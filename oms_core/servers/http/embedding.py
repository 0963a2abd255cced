"""A generated service in anybody's Litestar application, without plugins, database or tokens.

::

    app = Litestar([*route_handlers(LibraryService(), guards=[signed_in]), home])

Each handler is a native route: ``opt`` holds the method's name and permission for guards to look at, and a
guard's exception is answered as the application answers it. What a guard has found out about the caller
belongs into ``context``, which the service reads with ``oms_core.context.current()``.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import fields
from typing import Any, Generic

from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import OpenAPI
from litestar.types import Guard

from oms_core.calls.deadline import Deadline
from oms_core.context import ANONYMOUS, DEFAULT_TIMEOUT, Context, use
from oms_core.plugins.contract import contract_of
from oms_core.servers.http.app import BODY_LIMIT
from oms_core.servers.http.handler import Enter, handler_of
from oms_core.servers.http.openapi import Document, merge
from oms_wire.errors import Internal, RpcError
from oms_wire.method import A, Method, Q
from oms_wire.rules import refusal
from oms_wire.service import Service

logger = logging.getLogger(__name__)


def anonymous(authorization: str | None, *, timeout: float | None, trace: str) -> Context:  # noqa: ARG001
    """Return the context of a caller whom only the application's own guards know."""
    seconds = DEFAULT_TIMEOUT if timeout is None else min(timeout, DEFAULT_TIMEOUT)
    return Context("", ANONYMOUS, "", time.monotonic() + seconds, trace)


def route_handlers(
    service: Service,
    *,
    guards: Sequence[Guard] | None = None,
    context: Enter = anonymous,
    body_limit: int = BODY_LIMIT,
) -> list[HTTPRouteHandler]:
    """Return a handler for each HTTP binding of the service's contract.

    Permissions of the contract are not checked and idempotency keys not kept: that is the runtime's work, and
    here the ``guards``' own. ``body_limit`` is in bytes.
    """
    methods = {method.full_name for method in service.METHODS}
    return [
        handler_of(
            route,
            _Direct(route.method, getattr(service, route.method.name)),
            context,
            body_limit=body_limit,
            guards=guards,
        )
        for route in contract_of(type(service), plugin=type(service).__name__).routes
        if route.method.full_name in methods
    ]


class _Direct(Generic[Q, A]):
    """A method called as it is."""

    def __init__(self, method: Method[Q, A], handle: Callable[[Q], Awaitable[A]]) -> None:
        self._name = method.full_name
        self._handle = handle
        self._check = method.check

    async def serve(self, request: Q, context: Context, *, key: str | None = None) -> A:  # noqa: ARG002
        """Return the service's answer in ``context``; raises RpcError and nothing else but cancellation."""
        with use(context), Deadline(context.remaining, self._name):
            try:
                if self._check is not None and (broken := self._check(request)):
                    raise refusal(broken)
                return await self._handle(request)
            except RpcError:
                raise
            except Exception as error:
                logger.exception("%s failed (trace %s)", self._name, context.trace)
                raise Internal(
                    "INTERNAL", f"{self._name} failed; ask the operator for trace {context.trace}"
                ) from error


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
