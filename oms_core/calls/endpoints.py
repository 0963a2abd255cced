"""Everything that is served in this process, by the full name of the method."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from oms_core.auth import Authoriser
from oms_core.calls.admission import Admission
from oms_core.calls.endpoint import AnswerOnce, Endpoint
from oms_core.calls.intake import Intake
from oms_core.calls.open_streams import OpenStreams
from oms_core.calls.stream_endpoint import StreamEndpoint
from oms_core.errors import PluginError
from oms_wire.errors import Unimplemented
from oms_wire.method import A, Method, Q, Scope
from oms_wire.service import Service
from oms_wire.streaming import Streaming

AnyEndpoint = Endpoint[Any, Any] | StreamEndpoint[Any, Any]

_NAMED = (Scope.NODE, Scope.RESOURCE)


class Endpoints:
    """Filled while the application is put together; asked for each call."""

    def __init__(self, authoriser: Authoriser, *, claims: AnswerOnce) -> None:
        self._authoriser = authoriser
        self._claims = claims
        self._by_name: dict[str, AnyEndpoint] = {}
        self._passed_on: dict[str, AnyEndpoint] = {}
        self.intake = Intake()
        """Whether unary calls from outside that change something are taken."""
        self.open_streams = OpenStreams()
        """The streams of all endpoints, to be ended before the servers stop."""

    def add(self, service: Service, *, plugin: str) -> None:
        """Serve every method of ``service`` for ``plugin``.

        Raises PluginError for a method without a permission, and for one that is served already.
        """
        for method in service.METHODS:
            rival = self._by_name.get(method.full_name)
            if rival is not None:
                raise PluginError(
                    "SERVICE_RIVALS",
                    f"plugins {rival.plugin!r} and {plugin!r} both serve {method.full_name}",
                    hint="take one of them out of `plugins`",
                )
            self._by_name[method.full_name] = self._endpoint(service, method, plugin)

    def pass_on(self, endpoint: AnyEndpoint) -> None:
        """Let ``get`` find a method that another process serves, for callers over HTTP."""
        self._passed_on[endpoint.method.full_name] = endpoint

    def withdraw(self, plugin: str) -> None:
        """Serve nothing of ``plugin`` any more."""
        for name in [name for name, endpoint in self._by_name.items() if endpoint.plugin == plugin]:
            del self._by_name[name]

    def find(self, method: Method[Q, A]) -> Endpoint[Q, A]:
        """Return who answers ``method``, which is unary, here; raises Unimplemented."""
        return cast("Endpoint[Q, A]", self._found(method))

    def find_stream(self, method: Method[Q, A]) -> StreamEndpoint[Q, A]:
        """Return who answers ``method``, which streams, here; raises Unimplemented."""
        return cast("StreamEndpoint[Q, A]", self._found(method))

    def get(self, full_name: str) -> AnyEndpoint | None:
        """Return the endpoint of that method (``package.Service/Method``), if it is served or passed on."""
        return self._by_name.get(full_name) or self._passed_on.get(full_name)

    def __iter__(self) -> Iterator[AnyEndpoint]:
        return iter(self._by_name.values())

    def by_service(self) -> dict[str, list[AnyEndpoint]]:
        """Return the endpoints of each service, by its full proto name."""
        services: dict[str, list[AnyEndpoint]] = {}
        for endpoint in self:
            services.setdefault(endpoint.method.service, []).append(endpoint)
        return services

    def _found(self, method: Method[Q, A]) -> AnyEndpoint:
        try:
            return self._by_name[method.full_name]
        except KeyError:
            raise Unimplemented("METHOD_NOT_SERVED", f"{method.full_name} is not served here") from None

    def _endpoint(self, service: Service, method: Method[Any, Any], plugin: str) -> AnyEndpoint:
        access = method.access
        complete = access.permission and (access.scope not in _NAMED or access.field)
        if access.scope is not Scope.PUBLIC and not complete:
            raise PluginError(
                "METHOD_UNGUARDED",
                f"plugin {plugin!r}: {method.full_name} says nothing about who may call it",
                hint="give it a (oms.options.v1.permission), or (oms.options.v1.public) = true",
            )
        locate = getattr(service, access.locator) if access.scope is Scope.RESOURCE else None
        admission = Admission(method, self._authoriser, locate=locate)
        handle = getattr(service, method.name)
        if method.streaming is Streaming.NONE:
            return Endpoint(
                method,
                handle,
                plugin=plugin,
                admission=admission,
                claims=self._claims,
                intake=self.intake,
            )
        return StreamEndpoint(
            method, handle, plugin=plugin, admission=admission, open_streams=self.open_streams
        )
