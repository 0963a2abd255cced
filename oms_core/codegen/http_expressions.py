"""The Python expressions that take a field from a path or a query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oms_core.codegen.expressions import Expressions
from oms_core.codegen.model import Field, Kind


@dataclass(frozen=True, slots=True)
class HttpExpressions:
    """Expressions for the binders of one ``routes`` module."""

    fields: Expressions

    def from_path(self, field: Field) -> str:
        """Return the value of a path variable."""
        text = f'path["{field.name}"]'
        if field.kind is Kind.STRING:
            return text
        if field.kind is Kind.ENUM:
            return f'binding.as_enum({self.fields.type_of(field)}, "{field.name}", {text})'
        return f'binding.as_{field.kind.value}("{field.name}", {text})'

    def from_query(self, field: Field) -> str:
        """Return the value of a query parameter, or the field's default."""
        read = f"binding.as_{field.kind.value}"
        if field.kind is Kind.ENUM:
            read = f"partial(binding.as_enum, {self.fields.type_of(field)})"
        elif field.has_class:
            read = f"partial(binding.as_known, {self.fields.type_of(field)})"
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
