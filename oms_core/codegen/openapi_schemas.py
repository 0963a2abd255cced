"""JSON Schema of messages and enums, as proto3 JSON spells them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from oms_core.codegen.expressions import named
from oms_core.codegen.known import WRAPPED
from oms_core.codegen.model import Contract, Field, Kind, TypeName
from oms_core.codegen.openapi_rules import with_rules
from oms_wire.numbers import INT32_MAX, INT32_MIN, UINT32_MAX

Json = dict[str, Any]

_INT32: Json = {"type": "integer", "format": "int32", "minimum": INT32_MIN, "maximum": INT32_MAX}
_UINT32: Json = {"type": "integer", "format": "uint32", "minimum": 0, "maximum": UINT32_MAX}
_INT64: Json = {"type": "string", "format": "int64", "pattern": "^-?[0-9]+$"}
_UINT64: Json = {"type": "string", "format": "uint64", "pattern": "^[0-9]+$"}
_WORDS: Json = {"type": "string", "enum": ["NaN", "Infinity", "-Infinity"]}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_SPAN: Json = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s$"}

_SCALARS: dict[Kind, Json] = {
    Kind.STRING: {"type": "string"},
    Kind.BYTES: {"type": "string", "contentEncoding": "base64"},
    Kind.BOOL: {"type": "boolean"},
    **dict.fromkeys((Kind.INT32, Kind.SINT32, Kind.SFIXED32), _INT32),
    **dict.fromkeys((Kind.UINT32, Kind.FIXED32), _UINT32),
    **dict.fromkeys((Kind.INT64, Kind.SINT64, Kind.SFIXED64), _INT64),
    **dict.fromkeys((Kind.UINT64, Kind.FIXED64), _UINT64),
    Kind.FLOAT: {"anyOf": [{"type": "number", "format": "float"}, _WORDS]},
    Kind.DOUBLE: {"anyOf": [{"type": "number", "format": "double"}, _WORDS]},
    Kind.TIMESTAMP: _MOMENT,
    Kind.DURATION: _SPAN,
}
_KNOWN: dict[str, Json] = {
    "google.protobuf.Timestamp": _MOMENT,
    "google.protobuf.Duration": _SPAN,
    "google.protobuf.FieldMask": {"type": "string"},
    "google.protobuf.Struct": {"type": "object"},
    "google.protobuf.ListValue": {"type": "array", "items": {}},
    "google.protobuf.Value": {},
    "google.protobuf.NullValue": {"type": "null"},
    "google.protobuf.Any": {"type": "object", "properties": {"@type": {"type": "string"}}},
    **{name: _SCALARS[kind] for name, kind in WRAPPED.items()},
}


def reachable(roots: Iterable[TypeName], contract: Contract) -> list[str]:
    """Return the full names of all messages and enums that ``roots`` lead to, sorted."""
    found: set[str] = set()
    waiting = [type_name.full_name for type_name in roots]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        if name not in _KNOWN and (message := contract.messages.get(name)):
            waiting.extend(field.type_name.full_name for field in message.fields if field.type_name)
    return sorted(found)


def schema_of(name: str, contract: Contract, *, without: Collection[str] = ()) -> Json:
    """Return the schema of the message or enum with that full name; ``without`` leaves fields out."""
    if name in _KNOWN:
        return dict(_KNOWN[name])
    if enum := contract.enums.get(name):
        return described({"type": "string", "enum": [value.name for value in enum.values]}, enum.comment)
    message = contract.messages[name]
    properties = {
        field.json_name: plain_schema(field) for field in message.fields if field.name not in without
    }
    for field in message.fields:
        if field.name not in without:
            described(properties[field.json_name], _comment(field))
            if field.deprecated:
                properties[field.json_name]["deprecated"] = True
    schema: Json = {"type": "object", "additionalProperties": False}
    if message.deprecated:
        schema["deprecated"] = True
    schema = described(schema, message.comment) | {"properties": properties}
    return with_rules(schema, message, contract, without=without)


def _comment(field: Field) -> str:
    if field.requires is None:
        return field.comment
    return f"{field.comment}\n\nWhoever sets it needs `{field.requires.permission}` as well.".strip()


def plain_schema(field: Field) -> Json:
    """Return the schema of a field's value, without its description."""
    scalar = _SCALARS.get(field.kind)
    single = dict(scalar) if scalar else reference(named(field))
    if field.key:
        return {"type": "object", "additionalProperties": single}
    return {"type": "array", "items": single} if field.repeated else single


def reference(type_name: TypeName) -> Json:
    """Return a reference to the schema of a message or enum."""
    return {"$ref": f"#/components/schemas/{type_name.full_name}"}


def described(schema: Json, comment: str) -> Json:
    """Add the comment of the contract, where there is one, and return the schema itself."""
    if comment:
        schema["description"] = comment
    return schema
