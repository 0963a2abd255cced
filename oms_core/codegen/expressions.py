"""The Python expressions that stand for a field in generated code, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass

from oms_core.codegen.imports import Names, module_alias, names_constant
from oms_core.codegen.model import MESSAGES, Field, Kind, TypeName
from oms_core.codegen.names import quoted

_INTEGERS = """
    INT32 INT64 UINT32 UINT64 SINT32 SINT64 FIXED32 FIXED64 SFIXED32 SFIXED64
"""
_PYTHON = {
    Kind.STRING: "str",
    Kind.BYTES: "bytes",
    Kind.BOOL: "bool",
    **{Kind[name]: "int" for name in _INTEGERS.split()},
    Kind.FLOAT: "float",
    Kind.DOUBLE: "float",
    Kind.TIMESTAMP: "datetime",
    Kind.DURATION: "timedelta",
}
_DEFAULTS = {"str": '""', "bytes": 'b""', "bool": "False", "int": "0", "float": "0.0"}


@dataclass(frozen=True, slots=True)
class Expressions:
    """Expressions for the fields of one module's messages; ``module`` is its package."""

    module: str
    names: Names

    def type_of(self, field: Field) -> str:
        """Return the Python type of one value."""
        return self.names(field.type_name) if field.type_name else python_type(field.kind)

    def annotation(self, field: Field) -> str:
        """Return the annotation in the class."""
        if field.key:
            return f"dict[{python_type(field.key)}, {self.type_of(field)}]"
        if field.repeated:
            return f"list[{self.type_of(field)}]"
        return f"{self.type_of(field)} | None" if field.presence else self.type_of(field)

    def default(self, field: Field) -> str:
        """Return the value of a field that is absent."""
        if field.repeated:
            return "{}" if field.key else "[]"
        return "None" if field.presence else self.zero(field)

    def zero(self, field: Field) -> str:
        """Return the value that one absent value of a list, a map or a wrapper has."""
        return f"{self.type_of(field)}(0)" if field.kind is Kind.ENUM else zero(field.kind)

    def enum_names(self, field: Field) -> str:
        """Return the constant with the names of an enum."""
        return names_constant(self.names(named(field)))

    def wire_message(self, field: Field) -> str:
        """Return the JSON shape of a message."""
        type_name = named(field)
        if type_name.module == self.module:
            return type_name.python_name
        return f"{module_alias(type_name.module)}.{type_name.python_name}"

    def entry(self, field: Field) -> str:
        """Return the line of a field in the table that a class has of them."""
        kind = Kind.MESSAGE.value if field.has_class else field.kind.value
        parts = [f'"{field.python_name}", {field.number}, "{kind}"']
        if field.python_name != field.name:
            parts.append(f'proto="{field.name}"')
        if field.has_own_json_name:
            parts.append(f"json={quoted(field.json_name)}")
        if field.type_name:
            parts.append(f"of={self.type_of(field)}")
        if field.key:
            parts.append(f'key="{field.key.value}"')
        elif field.repeated:
            parts.append("repeated=True")
        if field.oneof:
            parts.append(f'oneof="{field.oneof}"')
        said = {"optional": field.optional, "wrapped": field.wrapped, "sensitive": field.sensitive}
        parts += [f"{name}=True" for name, holds in said.items() if holds]
        return f"oms_fields.field({', '.join(parts)})"


def python_type(kind: Kind) -> str:
    """Return the Python type of a scalar; empty for messages and enums."""
    return _PYTHON.get(kind, "")


def zero(kind: Kind) -> str:
    """Return the default of a scalar."""
    return "None" if kind in MESSAGES else _DEFAULTS[_PYTHON[kind]]


def named(field: Field) -> TypeName:
    """Return the class of a field that holds messages or enums."""
    assert field.type_name is not None, field
    return field.type_name
