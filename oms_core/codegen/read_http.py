"""google.api.http rules to bindings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from oms_core.codegen.model import Capture, Field, HttpBinding, Kind, Message
from oms_core.errors import GenerateError
from oms_wire import template as templates
from oms_wire.template import Template, TemplateError

_METHODS = {"get": "GET", "put": "PUT", "post": "POST", "delete": "DELETE", "patch": "PATCH"}
_CUSTOM = {"HEAD", "OPTIONS", "TRACE", *_METHODS.values()}
_BODILESS = {"GET", "DELETE", "HEAD", "OPTIONS", "TRACE"}
_HTTP_BODY, _MASK = "google.api.HttpBody", "google.protobuf.FieldMask"
_HINT = "See docs/contract-compiler.md for the routes that can be served."


class HttpReader:
    """Reads the bindings of one method; ``where`` names it in errors."""

    def __init__(
        self, request: Message, response: Message, messages: Mapping[str, Message], where: str
    ) -> None:
        self._request = request
        self._response = response
        self._messages = messages
        self._where = where

    def bindings(self, rule: Any) -> Iterator[HttpBinding]:
        """Give the bindings of a google.api.HttpRule, the main one first; raises GenerateError."""
        yield from self._bindings(rule)
        for more in rule.additional_bindings:
            if more.additional_bindings:
                raise self._error("additional_bindings stand inside additional_bindings")
            yield from self._bindings(more)

    def _bindings(self, rule: Any) -> Iterator[HttpBinding]:
        pattern = rule.WhichOneof("pattern")
        if pattern is None:
            raise self._error("a google.api.http rule says no HTTP method and path")
        if pattern != "custom":
            yield self._binding(rule, _METHODS[pattern], getattr(rule, pattern))
            return
        kind, path = rule.custom.kind, rule.custom.path
        if kind == "*":
            # Any method: each that this rule's body allows.
            for method in ("POST", "PUT", "PATCH") if rule.body else _METHODS.values():
                yield self._binding(rule, method, path)
        elif kind in _CUSTOM:
            yield self._binding(rule, kind, path)
        else:
            raise self._error(f"the HTTP method {kind!r} is not one of {', '.join(sorted(_CUSTOM))} and *")

    def _binding(self, rule: Any, http_method: str, text: str) -> HttpBinding:
        try:
            template = templates.parse(text)
        except TemplateError as error:
            raise self._error(f"the path {text!r} {error}") from None
        has_body = bool(rule.body)
        if has_body and http_method in _BODILESS:
            raise self._error(f"{http_method} carries no body")
        body = None if rule.body in {"", "*"} else self._own(self._request, rule.body, "body")
        captures = tuple(self._capture(template, variable, text) for variable in template.variables)
        said = {capture.path for capture in captures} | ({body.name} if body else set())
        query = () if rule.body == "*" else tuple(f for f in self._request.fields if f.name not in said)
        answer = (
            self._own(self._response, rule.response_body, "response_body") if rule.response_body else None
        )
        if body and any(capture.fields == (body,) for capture in captures):
            raise self._error(f"{body.name} is the body and stands in the path {text!r}, too")
        verb = f":{template.verb}" if template.verb else ""
        return HttpBinding(
            http_method=http_method,
            path=text.removesuffix(verb),
            verb=template.verb,
            captures=captures,
            query=query,
            has_body=has_body,
            shape=template.shape,
            body=body,
            raw=_is_raw(body) if body else has_body and self._request.type_name.full_name == _HTTP_BODY,
            mask=self._mask(http_method, body, query),
            answer=answer,
            raw_answer=_is_raw(answer) if answer else self._response.type_name.full_name == _HTTP_BODY,
        )

    def _capture(self, template: Template, variable: templates.Variable, text: str) -> Capture:
        fields = self._fields(variable.field, text)
        segments = template.segments[variable.start : variable.end]
        last = fields[-1]
        if last.repeated or last.kind is Kind.MESSAGE:
            raise self._error(f"the field {variable.field} cannot stand in the path {text!r}")
        if template.is_multiple(variable) and last.kind is not Kind.STRING:
            raise self._error(f"{variable.field} spans more than one segment of {text!r} and is no string")
        places = range(variable.start, variable.end)
        names = tuple(template.parameters[at] for at in places if at in template.parameters)
        return Capture(fields, segments, names)

    def _fields(self, path: str, text: str) -> tuple[Field, ...]:
        found: list[Field] = []
        message: Message | None = self._request
        for name in path.split("."):
            field = next((f for f in message.fields if f.name == name), None) if message else None
            if field is None:
                raise self._error(f"{text!r} names {path}, which is no field of the request")
            if message is not self._request and found[-1].repeated:
                raise self._error(f"the field {path} cannot stand in the path {text!r}")
            found.append(field)
            message = self._messages.get(field.type_name.full_name) if field.type_name else None
        return tuple(found)

    def _own(self, message: Message, name: str, option: str) -> Field:
        field = next((f for f in message.fields if f.name == name), None)
        if field is None:
            raise self._error(f"{option}: {name!r} is no field of {message.type_name.full_name}")
        return field

    def _mask(self, http_method: str, body: Field | None, query: tuple[Field, ...]) -> Field | None:
        if http_method != "PATCH" or body is None or body.repeated or body.kind is not Kind.MESSAGE:
            return None
        masks = (f for f in query if f.name == "update_mask" and not f.repeated and _is(f, _MASK))
        return next(masks, None)

    def _error(self, problem: str) -> GenerateError:
        return GenerateError("UNSUPPORTED_ROUTE", f"{self._where}: {problem}.", hint=_HINT)


def _is(field: Field, full_name: str) -> bool:
    return field.type_name is not None and field.type_name.full_name == full_name


def _is_raw(field: Field) -> bool:
    return _is(field, _HTTP_BODY) and not field.repeated
