"""The Python expressions that stand for a field in generated code, one place per kind of field."""

from __future__ import annotations

from dataclasses import dataclass

from oms_core.codegen import names
from oms_core.codegen.imports import Names, module_alias, names_constant
from oms_core.codegen.model import Field, Kind, TypeName
from oms_core.codegen.varint import varint

_PYTHON = {
    Kind.STRING: "str",
    Kind.BOOL: "bool",
    Kind.INT32: "int",
    Kind.INT64: "int",
    Kind.UINT32: "int",
    Kind.TIMESTAMP: "datetime",
}
_WIRE = {
    Kind.STRING: "str",
    Kind.BOOL: "bool",
    Kind.INT32: "Int32",
    Kind.UINT32: "UInt32",
    Kind.INT64: "str | int",
    Kind.ENUM: "str | int",
    Kind.TIMESTAMP: "str",
}
_WIRE_DEFAULTS = {Kind.STRING: '""', Kind.BOOL: "False", Kind.INT32: "0", Kind.UINT32: "0"}
_DEFAULTS = {**_WIRE_DEFAULTS, Kind.INT64: "0"}
_BINARY = {Kind.ENUM: "int32", Kind.MESSAGE: "bytes", Kind.TIMESTAMP: "bytes"}
_LENGTH = {Kind.STRING, Kind.MESSAGE, Kind.TIMESTAMP}


@dataclass(frozen=True, slots=True)
class Expressions:
    """Expressions for the fields of one module's messages; ``module`` is its package."""

    module: str
    names: Names

    def type_of(self, field: Field) -> str:
        """Return the Python type of one value."""
        return _PYTHON.get(field.kind) or self.names(_named(field))

    def annotation(self, field: Field) -> str:
        """Return the annotation in the dataclass."""
        if field.repeated:
            return f"list[{self.type_of(field)}]"
        return f"{self.type_of(field)} | None" if field.presence else self.type_of(field)

    def declaration(self, field: Field) -> str:
        """Return betterproto2's declaration of the field."""
        kind = Kind.MESSAGE if field.kind is Kind.TIMESTAMP else field.kind
        extra = ""
        if field.repeated:
            extra = ", repeated=True"
        elif field.presence:
            extra = ", optional=True"
        elif kind is Kind.ENUM:
            extra = f", default_factory=lambda: {self.type_of(field)}(0)"
        return f"betterproto2.field({field.number}, betterproto2.TYPE_{kind.name}{extra})"

    def default(self, field: Field) -> str:
        """Return the value with which reading begins; a message's is the bytes gathered so far."""
        if field.repeated:
            return "[]"
        if field.presence:
            return "None"
        return f"{self.type_of(field)}(0)" if field.kind is Kind.ENUM else _DEFAULTS[field.kind]

    def gathered(self, field: Field) -> str:
        """Return the annotation of the local variable while reading; empty where the default tells it."""
        if field.repeated:
            return f": {self.annotation(field)}"
        if field.kind in {Kind.MESSAGE, Kind.TIMESTAMP}:
            return ": bytes | None"
        return f": {self.annotation(field)}" if field.presence else ""

    def tag(self, field: Field, *, packed: bool = False) -> int:
        """Return the tag in front of each value, or of the packed values."""
        return field.number << 3 | (2 if packed or field.kind in _LENGTH else 0)

    def tag_literal(self, field: Field) -> str:
        """Return the bytes of the tag that is written, as a literal."""
        digits = "".join(f"\\x{byte:02x}" for byte in varint(self.tag(field, packed=field.packable)))
        return f'b"{digits}"'

    def binary(self, field: Field) -> str:
        """Return the end of the name of the functions that write and read one value."""
        return _BINARY.get(field.kind, field.kind.value)

    def written(self, field: Field, value: str) -> str:
        """Return what is handed to the function that writes ``value``."""
        if field.kind is Kind.MESSAGE:
            return f"{value}.__bytes__()"
        return f"moments.to_wire({value})" if field.kind is Kind.TIMESTAMP else value

    def chunker(self, field: Field) -> str:
        """Return the function that turns one value of a repeated field into its bytes."""
        if field.kind is Kind.MESSAGE:
            return f"{self.type_of(field)}.__bytes__"
        return "moments.to_wire" if field.kind is Kind.TIMESTAMP else "str.encode"

    def read_name(self, field: Field) -> str:
        """Return the variable that takes what a reading function returns."""
        return {"string": "text", "bytes": "chunk", "bool": "flag"}.get(self.binary(field), "number")

    def built(self, field: Field, value: str) -> str:
        """Return one value made of what the reading function returned."""
        if field.kind is Kind.MESSAGE:
            return f"{self.type_of(field)}.parse({value})"
        if field.kind is Kind.TIMESTAMP:
            return f"moments.from_wire({value})"
        return f"{self._enum_names(field)}.member({value})" if field.kind is Kind.ENUM else value

    def result(self, field: Field) -> str:
        """Return what the constructor is given at the end of reading."""
        local = names.local(field.python_name)
        if field.kind in {Kind.MESSAGE, Kind.TIMESTAMP} and not field.repeated:
            return f"None if {local} is None else {self.built(field, local)}"
        return local

    def wire_annotation(self, field: Field) -> str:
        """Return the annotation in the JSON shape."""
        single = self._wire_message(field) if field.kind is Kind.MESSAGE else _WIRE[field.kind]
        if field.repeated:
            return f"list[{single}]"
        return single if self._has_plain_default(field) else f"{single} | None"

    def wire_default(self, field: Field) -> str:
        """Return the default in the JSON shape, which is what an absent key means."""
        if field.repeated:
            return "[]"
        return _WIRE_DEFAULTS[field.kind] if self._has_plain_default(field) else "None"

    def to_wire(self, field: Field) -> str:
        """Return the field's value in the JSON shape, made of the message's."""
        value = f"self.{field.python_name}"
        if field.repeated:
            one = self._to_wire_single(field, "item")
            return value if one == "item" else f"[{one} for item in {value}]"
        one = self._to_wire_single(field, value)
        if one == value or self._has_plain_default(field):
            return one
        return f"None if {value} is None else {one}" if field.presence else f"{one} if {value} else None"

    def from_wire(self, field: Field) -> str:
        """Return the message's value, made of the field in the JSON shape."""
        value = f"w.{field.python_name}"
        if field.repeated:
            one = self._from_wire_single(field, "item")
            return value if one == "item" else f"[{one} for item in {value}]"
        one = self._from_wire_single(field, value)
        if one == value or self._has_plain_default(field) or (field.kind is Kind.ENUM and not field.presence):
            return one
        return f"{'None' if field.presence else '0'} if {value} is None else {one}"

    def _to_wire_single(self, field: Field, value: str) -> str:
        match field.kind:
            case Kind.INT32 | Kind.UINT32:
                return f"{field.kind.value}({value})"
            case Kind.INT64:
                return f"int64_text({value})"
            case Kind.ENUM:
                return f"{self._enum_names(field)}.text({value})"
            case Kind.MESSAGE:
                return f"{value}._to_wire()"
            case Kind.TIMESTAMP:
                return f"moments.to_text({value})"
            case _:
                return value

    def _from_wire_single(self, field: Field, value: str) -> str:
        match field.kind:
            case Kind.INT64:
                return f"int64({value})"
            case Kind.ENUM:
                return f"{self._enum_names(field)}.known[{value}]"
            case Kind.MESSAGE:
                return f"{self.type_of(field)}._from_wire({value})"
            case Kind.TIMESTAMP:
                return f"moments.from_text({value})"
            case _:
                return value

    def _has_plain_default(self, field: Field) -> bool:
        return not field.presence and field.kind in _WIRE_DEFAULTS

    def _enum_names(self, field: Field) -> str:
        return names_constant(self.names(_named(field)))

    def _wire_message(self, field: Field) -> str:
        type_name = _named(field)
        if type_name.module == self.module:
            return type_name.python_name
        return f"{module_alias(type_name.module)}.{type_name.python_name}"


def _named(field: Field) -> TypeName:
    assert field.type_name is not None, field
    return field.type_name
