"""JSON Schema of messages and enums, as proto3 JSON spells them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from oms_core.codegen.model import Contract, Field, Kind, TypeName
from oms_wire.numbers import INT32_MAX, INT32_MIN, UINT32_MAX

Json = dict[str, Any]

_SCALARS: dict[Kind, Json] = {
    Kind.STRING: {"type": "string"},
    Kind.BOOL: {"type": "boolean"},
    Kind.INT32: {"type": "integer", "format": "int32", "minimum": INT32_MIN, "maximum": INT32_MAX},
    Kind.UINT32: {"type": "integer", "format": "uint32", "minimum": 0, "maximum": UINT32_MAX},
    Kind.INT64: {"type": "string", "format": "int64", "pattern": "^-?[0-9]+$"},
    Kind.TIMESTAMP: {"type": "string", "format": "date-time"},
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
        if message := contract.messages.get(name):
            waiting.extend(field.type_name.full_name for field in message.fields if field.type_name)
    return sorted(found)


def schema_of(name: str, contract: Contract, *, without: Collection[str] = ()) -> Json:
    """Return the schema of the message or enum with that full name; ``without`` leaves fields out."""
    if enum := contract.enums.get(name):
        return described({"type": "string", "enum": [value.name for value in enum.values]}, enum.comment)
    message = contract.messages[name]
    properties = {
        field.json_name: plain_schema(field) for field in message.fields if field.name not in without
    }
    for field in message.fields:
        if field.name not in without:
            described(properties[field.json_name], _comment(field))
    schema: Json = {"type": "object", "additionalProperties": False}
    return described(schema, message.comment) | {"properties": properties}


def _comment(field: Field) -> str:
    if field.requires is None:
        return field.comment
    return f"{field.comment}\n\nWhoever sets it needs `{field.requires.permission}` as well.".strip()


def plain_schema(field: Field) -> Json:
    """Return the schema of a field's value, without its description."""
    single = reference(field.type_name) if field.type_name else dict(_SCALARS[field.kind])
    return {"type": "array", "items": single} if field.repeated else single


def reference(type_name: TypeName) -> Json:
    """Return a reference to the schema of a message or enum."""
    return {"$ref": f"#/components/schemas/{type_name.full_name}"}


def described(schema: Json, comment: str) -> Json:
    """Add the comment of the contract, where there is one, and return the schema itself."""
    if comment:
        schema["description"] = comment
    return schema
