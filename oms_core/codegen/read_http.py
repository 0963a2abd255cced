"""google.api.http rules to bindings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from oms_core.codegen.model import Field, HttpBinding, Kind, Message
from oms_core.errors import GenerateError

_METHODS = {"get": "GET", "put": "PUT", "post": "POST", "delete": "DELETE", "patch": "PATCH"}
_TEMPLATE = re.compile(r"(?P<path>(?:/(?:[\w.~-]+|\{\w+\}))+)(?::(?P<verb>[\w-]+))?", re.ASCII)
_VARIABLE = re.compile(r"\{(\w+)\}", re.ASCII)
_BINDABLE = {Kind.STRING, Kind.BOOL, Kind.INT32, Kind.INT64, Kind.UINT32, Kind.ENUM, Kind.TIMESTAMP}
_HINT = "See docs/contract-compiler.md for the routes that can be served."


def bindings(rule: Any, request: Message, method: str) -> Iterator[HttpBinding]:
    """Give the bindings of a google.api.HttpRule, the main one first; raises GenerateError."""
    yield _binding(rule, request, method)
    for more in rule.additional_bindings:
        yield _binding(more, request, method)


def _binding(rule: Any, request: Message, method: str) -> HttpBinding:
    pattern = rule.WhichOneof("pattern")
    if pattern not in _METHODS:
        raise _error(f"{method}: the HTTP method {pattern or 'none'} is not supported")
    template: str = getattr(rule, pattern)
    match = _TEMPLATE.fullmatch(template)
    if match is None:
        raise _error(f"{method}: the path {template!r} is not made of /words and /{{fields}}, and a :verb")
    if rule.body not in {"", "*"} or rule.response_body:
        raise _error(f'{method}: body may be "*" or absent, and response_body is not supported')
    has_body = rule.body == "*"
    if has_body and pattern in {"get", "delete"}:
        raise _error(f"{method}: {_METHODS[pattern]} carries no body")
    by_name = {field.name: field for field in request.fields}
    used = _VARIABLE.findall(match["path"])
    return HttpBinding(
        http_method=_METHODS[pattern],
        path=match["path"],
        verb=match["verb"] or "",
        variables=tuple(_variable(by_name.get(name), name, method, template) for name in used),
        query=() if has_body else tuple(_query(f, method) for f in request.fields if f.name not in used),
        has_body=has_body,
    )


def _variable(field: Field | None, name: str, method: str, template: str) -> Field:
    if field is None:
        raise _error(f"{method}: {template!r} names {name}, which is no field of the request")
    if field.repeated or field.kind not in _BINDABLE - {Kind.TIMESTAMP}:
        raise _error(f"{method}: the field {name} cannot stand in the path {template!r}")
    return field


def _query(field: Field, method: str) -> Field:
    if field.kind is Kind.MESSAGE:
        raise _error(f'{method}: {field.name} is a message and fits into no query; use body: "*"')
    if field.key or field.kind not in _BINDABLE:
        raise _error(f'{method}: {field.name} fits into no query; use body: "*"')
    return field


def _error(problem: str) -> GenerateError:
    return GenerateError("UNSUPPORTED_ROUTE", f"{problem}.", hint=_HINT)
