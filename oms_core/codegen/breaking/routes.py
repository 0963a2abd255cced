"""Routes of google.api.http: which request reaches which method, and what of it becomes which field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from oms_core.codegen.breaking.finding import Finding
from oms_core.codegen.breaking.surface import Surface
from oms_core.codegen.source import HTTP

_VARIABLE = re.compile(r"\{([\w.]+)(?:=([^}]*))?\}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Route:
    """One binding; ``shape`` is the path with each variable by its pattern, which is what is matched."""

    http_method: str
    template: str
    shape: str
    variables: tuple[str, ...]
    body: str
    response_body: str

    def __str__(self) -> str:
        return f"{self.http_method} {self.template}"


def changed_routes(old: Surface, new: Surface) -> Iterator[Finding]:
    """Give the routes that are gone, that lead elsewhere, or that read a request in another way."""
    owners = {(r.http_method, r.shape): name for name in new.methods for r in routes_of(new, name)}
    for name in old.methods.keys() & new.methods.keys():
        method = new.methods[name]
        now = {(r.http_method, r.shape): r for r in routes_of(new, name)}
        for was in routes_of(old, name):
            key = (was.http_method, was.shape)
            if key in now:
                for rule, message in _differences(was, now[key]):
                    yield method.finding(rule, f"{was}: {message}")
            elif key in owners:
                yield method.finding("ROUTE_MOVED", f"{was} calls {owners[key]} now")
            else:
                instead = ", ".join(map(str, now.values())) or "none"
                yield method.finding("ROUTE_DELETED", f"{was} is gone; its routes are now: {instead}")


def routes_of(surface: Surface, method: str) -> list[Route]:
    """Return the routes of one method, the main one first."""
    rule = surface.option(surface.methods[method], HTTP)
    return [] if rule is None else [_route(one) for one in (rule, *rule.additional_bindings)]


def _route(rule: Any) -> Route:
    pattern = rule.WhichOneof("pattern") or ""
    if pattern == "custom":
        http_method, template = rule.custom.kind.upper(), rule.custom.path
    else:
        http_method, template = pattern.upper(), getattr(rule, pattern, "")
    return Route(
        http_method=http_method,
        template=template,
        shape=_VARIABLE.sub(lambda found: found[2] or "*", template),
        variables=tuple(found[0] for found in _VARIABLE.findall(template)),
        body=rule.body,
        response_body=rule.response_body,
    )


def _differences(was: Route, route: Route) -> Iterator[tuple[str, str]]:
    if was.variables != route.variables:
        yield "ROUTE_VARIABLE", f"its path is {route.template} now"
    if was.body != route.body:
        yield "ROUTE_BODY", f"its body was {was.body or 'none'}, and is {route.body or 'none'}"
    if was.response_body != route.response_body:
        before, after = was.response_body or "the whole response", route.response_body or "the whole response"
        yield "ROUTE_RESPONSE_BODY", f"it answered with {before}, and answers with {after}"
