"""The expressions between a field of a message and the same field of its JSON shape."""

from __future__ import annotations

from dataclasses import dataclass

from oms_core.codegen.expressions import Expressions, named, python_type, zero
from oms_core.codegen.known import NULL_VALUE, VALUE
from oms_core.codegen.model import Field, Kind

_SIGNED, _UNSIGNED = (Kind.INT32, Kind.SINT32, Kind.SFIXED32), (Kind.UINT32, Kind.FIXED32)
_LONG_SIGNED, _LONG_UNSIGNED = (Kind.INT64, Kind.SINT64, Kind.SFIXED64), (Kind.UINT64, Kind.FIXED64)
_SHAPES = {
    **dict.fromkeys(_SIGNED, "Int32"),
    **dict.fromkeys(_UNSIGNED, "UInt32"),
    **dict.fromkeys((*_LONG_SIGNED, *_LONG_UNSIGNED), "str | int"),
    Kind.FLOAT: "float | str",
    Kind.DOUBLE: "float | str",
    Kind.ENUM: "str | int",
    Kind.TIMESTAMP: "str",
    Kind.DURATION: "str",
}
_PLAIN = {Kind.STRING, Kind.BYTES, Kind.BOOL, *_SIGNED, *_UNSIGNED}
_WRITERS = {
    **dict.fromkeys(_SIGNED, "int32"),
    **dict.fromkeys(_UNSIGNED, "uint32"),
    **dict.fromkeys(_LONG_SIGNED, "int64_text"),
    **dict.fromkeys(_LONG_UNSIGNED, "uint64_text"),
    Kind.FLOAT: "float_json",
    Kind.DOUBLE: "double_json",
    Kind.TIMESTAMP: "moments.to_text",
    Kind.DURATION: "durations.to_text",
}
_READERS = {
    **dict.fromkeys(_LONG_SIGNED, "int64"),
    **dict.fromkeys(_LONG_UNSIGNED, "uint64"),
    Kind.FLOAT: "float32",
    Kind.DOUBLE: "double",
    Kind.TIMESTAMP: "moments.from_text",
    Kind.DURATION: "durations.from_text",
}
_KEY_WRITERS = {
    Kind.BOOL: "bool_text",
    **dict.fromkeys(_SIGNED, "int32_text"),
    **dict.fromkeys(_UNSIGNED, "uint32_text"),
    **dict.fromkeys(_LONG_SIGNED, "int64_text"),
    **dict.fromkeys(_LONG_UNSIGNED, "uint64_text"),
}
_KEY_READERS = {
    Kind.BOOL: "bool_key",
    **dict.fromkeys(_SIGNED, "int32_key"),
    **dict.fromkeys(_UNSIGNED, "uint32_key"),
    **dict.fromkeys(_LONG_SIGNED, "int64"),
    **dict.fromkeys(_LONG_UNSIGNED, "uint64"),
}


@dataclass(frozen=True, slots=True)
class JsonExpressions:
    """Expressions for the fields of one module's messages."""

    fields: Expressions

    def annotation(self, field: Field) -> str:
        """Return the annotation in the JSON shape."""
        single = self._shape(field)
        if field.key:
            return f"dict[str, {single}]"
        if field.repeated:
            return f"list[{single}]"
        if _null_counts(field):
            return f"{single} | UnsetType"
        return single if _has_plain_default(field) else f"{single} | None"

    def default(self, field: Field) -> str:
        """Return the default in the JSON shape, which is what an absent key means."""
        if field.repeated:
            return "{}" if field.key else "[]"
        if _null_counts(field):
            return "UNSET"
        return zero(field.kind) if _has_plain_default(field) else "None"

    def given(self, field: Field) -> str:
        """Return the question whether the JSON shape holds a member of a oneof."""
        return f"(w.{field.python_name} is not {'UNSET' if _null_counts(field) else 'None'})"

    def write(self, field: Field) -> str:
        """Return the field's value in the JSON shape, made of the message's."""
        value = f"self.{field.python_name}"
        if field.repeated:
            return _converted(field, value, self._write(field, "item"), _KEY_WRITERS)
        one = self._write(field, value)
        if _null_counts(field):
            return f"{one} if {value}{' is not None' if field.presence else ''} else UNSET"
        if one == value or _has_plain_default(field):
            return one
        if field.presence:
            return f"None if {value} is None else {one}"
        is_set = f"nonzero({value})" if field.kind in {Kind.FLOAT, Kind.DOUBLE} else value
        return f"{one} if {is_set} else None"

    def read(self, field: Field) -> str:
        """Return the message's value, made of the field in the JSON shape."""
        value = f"w.{field.python_name}"
        if field.repeated:
            return _converted(field, value, self._read(field, "item"), _KEY_READERS)
        one = self._read(field, value)
        if _null_counts(field):
            return f"{self.fields.default(field)} if {value} is UNSET else {one}"
        if one == value or _has_plain_default(field) or (field.kind is Kind.ENUM and not field.presence):
            return one
        return f"{self.fields.default(field)} if {value} is None else {one}"

    def _shape(self, field: Field) -> str:
        if field.has_class:
            return self.fields.wire_message(field)
        if _is_null(field):
            return "str | int | None"
        return _SHAPES.get(field.kind) or python_type(field.kind)

    def _write(self, field: Field, value: str) -> str:
        if field.has_class:
            return f"{value}._to_wire()"
        if _is_null(field):
            return f"int({value}) or None"
        if field.kind is Kind.ENUM:
            return f"{self.fields.enum_names(field)}.text({value})"
        writer = _WRITERS.get(field.kind)
        return f"{writer}({value})" if writer else value

    def _read(self, field: Field, value: str) -> str:
        if field.has_class:
            return f"{self.fields.type_of(field)}._from_wire({value})"
        if field.kind is Kind.ENUM:
            return f"{self.fields.enum_names(field)}.known[{value}]"
        reader = _READERS.get(field.kind)
        return f"{reader}({value})" if reader else value


def _converted(field: Field, value: str, item: str, keys: dict[Kind, str]) -> str:
    """Return a list or a map with each key and item converted; as it is where nothing has to be."""
    if not field.key:
        return value if item == "item" else f"[{item} for item in {value}]"
    key = f"{keys[field.key]}(key)" if field.key in keys else "key"
    return value if (key, item) == ("key", "item") else f"{{{key}: {item} for key, item in {value}.items()}}"


def _has_plain_default(field: Field) -> bool:
    return not field.presence and field.kind in _PLAIN


def _is_null(field: Field) -> bool:
    return field.kind is Kind.ENUM and named(field).full_name == NULL_VALUE


def _null_counts(field: Field) -> bool:
    """Say whether null is a value of the field, and not its absence."""
    return not field.repeated and (
        _is_null(field) or (field.kind is Kind.MESSAGE and named(field).full_name == VALUE)
    )
