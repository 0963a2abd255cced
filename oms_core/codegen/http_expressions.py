"""The Python expressions that take a field from a path, a query or a body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oms_core.codegen.expressions import Expressions
from oms_core.codegen.model import Capture, Field, HttpBinding, Kind
from oms_wire.template import REST

_OWN_READER = {
    Kind.STRING,
    Kind.BOOL,
    Kind.INT32,
    Kind.INT64,
    Kind.UINT32,
    Kind.TIMESTAMP,
}


@dataclass(frozen=True, slots=True)
class HttpExpressions:
    """Expressions for the binders of one ``routes`` module."""

    fields: Expressions

    def from_path(self, capture: Capture) -> str:
        """Return the value of a path variable."""
        field, text = capture.field, _text(capture)
        if field.kind is Kind.STRING:
            return text
        if field.sensitive:
            return f'{self._reader(field)}("{capture.path}", {text})'
        if field.kind is Kind.ENUM:
            return f'binding.as_enum({self.fields.type_of(field)}, "{capture.path}", {text})'
        if field.has_class:
            return f'binding.as_known({self.fields.type_of(field)}, "{capture.path}", {text})'
        if field.kind in _OWN_READER:
            return f'binding.as_{field.kind.value}("{capture.path}", {text})'
        return f'binding.as_scalar("{field.kind.value}", "{capture.path}", {text})'

    def from_query(self, field: Field) -> str:
        """Return the value of a query parameter, or the field's default."""
        read = self._reader(field)
        if field.repeated:
            return f'given.all("{field.name}", {read})'
        if field.presence:
            return f'given.optional("{field.name}", {read})'
        return f'given.one("{field.name}", {read}, {self.fields.default(field)})'

    def aliases(self, fields: Sequence[Field]) -> Iterator[tuple[str, str]]:
        """Give each spelling of each parameter with the field's name."""
        for field in fields:
            yield field.name, field.name
            if field.json_name != field.name:
                yield field.json_name, field.name

    def assigned(self, capture: Capture) -> str:
        """Return the statement that sets a path variable in a request."""
        value = self.from_path(capture)
        if is_direct(capture):
            return f"request.{capture.field.python_name} = {value}"
        path = "".join(f'"{field.python_name}", ' for field in capture.fields)
        return f"binding.put(request, ({path}), {value})"

    def from_body(self, http: HttpBinding, request: str) -> str:
        """Return the statement that sets the field that the body is."""
        field = http.body
        assert field is not None, http
        if http.raw:
            value = f"bodies.read_raw({self.fields.type_of(field)}, body)"
        elif field.kind is Kind.MESSAGE and not field.repeated:
            value = f'bodies.read_message({self.fields.type_of(field)}, "{field.name}", body)'
        else:
            value = f'bodies.read_field({request}, "{field.name}", body)'
        if field.oneof:
            return f'binding.put(request, ("{field.python_name}",), {value})'
        return f"request.{field.python_name} = {value}"

    def answered(self, http: HttpBinding, response: str) -> str:
        """Return how a response becomes a body; empty for the whole of it as JSON."""
        if http.answer:
            name = http.answer.python_name
            return (
                f'answers.raw_field("{name}")' if http.raw_answer else f'answers.field({response}, "{name}")'
            )
        return "answers.raw" if http.raw_answer else ""

    def taken(self, http: HttpBinding) -> str:
        """Return the fields that no query parameter may name, by the contract's names."""
        names = [capture.path for capture in http.captures] + ([http.body.name] if http.body else [])
        return ", ".join(f'"{name}"' for name in names) + ("," if names else "")

    def _reader(self, field: Field) -> str:
        read = self._open_reader(field)
        return f"binding.hidden({read})" if field.sensitive else read

    def _open_reader(self, field: Field) -> str:
        if field.kind is Kind.ENUM:
            return f"partial(binding.as_enum, {self.fields.type_of(field)})"
        if field.has_class:
            return f"partial(binding.as_known, {self.fields.type_of(field)})"
        if field.kind in _OWN_READER:
            return f"binding.as_{field.kind.value}"
        return f'partial(binding.as_scalar, "{field.kind.value}")'


def is_direct(capture: Capture) -> bool:
    """Say whether a variable is an argument of the request's constructor."""
    return len(capture.fields) == 1 and not capture.field.oneof


def has_plain_query(http: HttpBinding) -> bool:
    """Say whether each query parameter is a scalar of the request itself, so that its reader is compiled."""
    return all(not (field.key or field.oneof or field.kind is Kind.MESSAGE) for field in http.query)


def types_used(http: HttpBinding) -> Iterator[Field]:
    """Give the fields whose types a binder names."""
    yield from (capture.field for capture in http.captures)
    if has_plain_query(http):
        yield from http.query
    yield from (field for field in (http.body, http.mask) if field)


def _text(capture: Capture) -> str:
    """Return the expression of what a variable spans."""
    if capture.segments == ("*",):
        return f'path["{capture.parameters[0]}"]'
    names = iter(capture.parameters)
    ends_open = capture.segments[-1] == REST
    fixed = capture.segments[:-1] if ends_open else capture.segments
    parts = [f"{{path['{next(names)}']}}" if segment == "*" else segment for segment in fixed]
    head = f'{"f" if "*" in fixed else ""}"{"/".join(parts)}"'
    return f'binding.joined({head}, path.get("{next(names)}"))' if ends_open else head
