"""Two methods on one route are refused: nobody could tell which of them is meant."""

from __future__ import annotations

from collections.abc import Iterable

from oms_core.codegen.model import Package
from oms_core.codegen.problems import Problems
from oms_core.codegen.source import HTTP
from oms_core.errors import GenerateError


def refuse_conflicts(packages: Iterable[Package], problems: Problems) -> None:
    """Note two bindings of one HTTP method whose templates match the same paths."""
    taken: dict[tuple[str, str], tuple[str, str, str]] = {}
    routes = (
        (binding, f"{service.full_name}.{method.name}", service.file)
        for package in packages
        for service in package.services
        for method in service.methods
        for binding in method.bindings
    )
    for binding, method, file in routes:
        mine = (binding.template, method, file)
        first = taken.setdefault((binding.http_method, binding.shape), mine)
        if first is not mine:
            with problems.at(method, option=HTTP):
                raise GenerateError(
                    "ROUTE_CONFLICT",
                    f"{method} has the route {binding.http_method} {binding.template}, which matches the"
                    f" same paths as {binding.http_method} {first[0]} of {first[1]} in {first[2]}.",
                    hint="Change the google.api.http option of one of them.",
                )
