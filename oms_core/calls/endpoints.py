"""Everything that is served in this process, by the full name of the method."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from oms_core.auth import Authoriser
from oms_core.calls.endpoint import AnswerOnce, Endpoint
from oms_core.errors import PluginError
from oms_wire.errors import Unimplemented
from oms_wire.method import A, Method, Q, Scope
from oms_wire.service import Service

_NAMED = (Scope.NODE, Scope.RESOURCE)


class Endpoints:
    """Filled while the application is put together; asked for each call."""

    def __init__(self, authoriser: Authoriser, *, claims: AnswerOnce) -> None:
        self._authoriser = authoriser
        self._claims = claims
        self._by_name: dict[str, Endpoint[Any, Any]] = {}

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

    def withdraw(self, plugin: str) -> None:
        """Serve nothing of ``plugin`` any more."""
        for name in [name for name, endpoint in self._by_name.items() if endpoint.plugin == plugin]:
            del self._by_name[name]

    def find(self, method: Method[Q, A]) -> Endpoint[Q, A]:
        """Return who answers ``method`` here; raises Unimplemented."""
        try:
            return cast("Endpoint[Q, A]", self._by_name[method.full_name])
        except KeyError:
            raise Unimplemented("METHOD_NOT_SERVED", f"{method.full_name} is not served here") from None

    def get(self, full_name: str) -> Endpoint[Any, Any] | None:
        """Return the endpoint of that method (``package.Service/Method``), if it is served here."""
        return self._by_name.get(full_name)

    def __iter__(self) -> Iterator[Endpoint[Any, Any]]:
        return iter(self._by_name.values())

    def by_service(self) -> dict[str, list[Endpoint[Any, Any]]]:
        """Return the endpoints of each service, by its full proto name."""
        services: dict[str, list[Endpoint[Any, Any]]] = {}
        for endpoint in self:
            services.setdefault(endpoint.method.service, []).append(endpoint)
        return services

    def _endpoint(self, service: Service, method: Method[Any, Any], plugin: str) -> Endpoint[Any, Any]:
        access = method.access
        complete = access.permission and (access.scope not in _NAMED or access.field)
        if access.scope is not Scope.PUBLIC and not complete:
            raise PluginError(
                "METHOD_UNGUARDED",
                f"plugin {plugin!r}: {method.full_name} says nothing about who may call it",
                hint="give it a (oms.options.v1.permission), or (oms.options.v1.public) = true",
            )
        return Endpoint(
            method,
            getattr(service, method.name),
            plugin=plugin,
            authoriser=self._authoriser,
            claims=self._claims,
            locate=getattr(service, access.locator) if access.scope is Scope.RESOURCE else None,
        )
