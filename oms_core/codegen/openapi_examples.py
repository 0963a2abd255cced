"""An example of a message in JSON: every field once, with values that its type takes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from oms_core.codegen.model import Contract, Field, Kind
from oms_core.codegen.openapi_schemas import Json

_MOMENT, _SPAN = "2026-01-31T12:00:00Z", "1.5s"
_SCALARS: dict[Kind, Any] = {
    Kind.BYTES: "b21z",
    Kind.BOOL: True,
    Kind.FLOAT: 1.5,
    Kind.DOUBLE: 1.5,
    Kind.TIMESTAMP: _MOMENT,
    Kind.DURATION: _SPAN,
    **dict.fromkeys((Kind.INT64, Kind.SINT64, Kind.SFIXED64, Kind.UINT64, Kind.FIXED64), "1"),
}
_KNOWN: dict[str, Any] = {
    "google.protobuf.Timestamp": _MOMENT,
    "google.protobuf.Duration": _SPAN,
    "google.protobuf.FieldMask": "",
    "google.protobuf.Struct": {"key": "value"},
    "google.protobuf.ListValue": ["value"],
    "google.protobuf.Value": "value",
    "google.protobuf.NullValue": None,
    "google.protobuf.Any": {},
}


def example_of(name: str, contract: Contract, *, without: Collection[str] = ()) -> Json:
    """Return an example of the message with that full name; ``without`` leaves fields out.

    Of a oneof there is the first member. What is deprecated is left out, and so is what would not end.
    """
    return _message(name, contract, (), without)


def _message(name: str, contract: Contract, above: tuple[str, ...], without: Collection[str] = ()) -> Json:
    result: Json = {}
    said: set[str] = set()
    for field in contract.messages[name].fields:
        if field.deprecated or field.name in without or (field.oneof and field.oneof in said):
            continue
        if field.type_name and field.type_name.full_name in (*above, name):
            continue
        value = _value(field, contract, (*above, name))
        if field.oneof:
            said.add(field.oneof)
        result[field.json_name] = _many(field, value)
    return result


def _many(field: Field, value: Any) -> Any:
    if field.key:
        key = "name" if field.key is Kind.STRING else "true" if field.key is Kind.BOOL else "1"
        return {key: value}
    return [value] if field.repeated else value


def _value(field: Field, contract: Contract, above: tuple[str, ...]) -> Any:
    name = field.type_name.full_name if field.type_name else ""
    if name in _KNOWN:
        return _KNOWN[name]
    if enum := contract.enums.get(name):
        return next((value for value in enum.values if value.number), enum.values[0]).name
    if field.kind is Kind.MESSAGE:
        return _message(name, contract, above)
    if field.kind is Kind.STRING:
        return f"{field.name.removesuffix('_id')}_1" if field.name.endswith("_id") else field.name
    return _SCALARS.get(field.kind, 1)
