"""What may be set, as JSON Schema: the form in which settings are described without importing their owner.

A schema here has no ``$ref``: it is small, and whoever walks it need not look anything up.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict, cast

import msgspec

Schema = TypedDict(
    "Schema",
    {
        "$schema": str,
        "title": str,
        "description": str,
        "type": str,
        "format": str,
        "enum": list[object],
        "const": object,
        "default": object,
        "anyOf": "list[Schema]",
        "items": "Schema",
        "properties": "dict[str, Schema]",
        "additionalProperties": "bool | Schema",
        "required": list[str],
        "writeOnly": bool,
        "minimum": float,
        "maximum": float,
        "exclusiveMinimum": float,
        "exclusiveMaximum": float,
        "minLength": int,
        "maxLength": int,
        "minItems": int,
        "maxItems": int,
        "pattern": str,
    },
    total=False,
)
"""The part of JSON Schema that settings are described with."""

NOTHING: Schema = {"type": "object", "properties": {}, "additionalProperties": False}
"""The schema of a plugin that has no settings."""
ANYTHING: Schema = {"type": "object"}
"""The schema of a plugin of which nothing is known yet."""


def schema_of(kind: type[msgspec.Struct]) -> Schema:
    """Return the schema of a settings class, defaults included; a key that it lacks is not allowed."""
    properties: dict[str, Schema] = {}
    required: list[str] = []
    for field in msgspec.structs.fields(kind):
        properties[field.encode_name] = one = _schema(field.type)
        if field.required:
            required.append(field.encode_name)
        elif "properties" not in one:
            made = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
            one["default"] = msgspec.to_builtins(made, enc_hook=str)
    found: Schema = {"title": kind.__name__, "type": "object", "properties": properties}
    if kind.__doc__:
        found["description"] = " ".join(kind.__doc__.split("\n\n")[0].split())
    if required:
        found["required"] = required
    found["additionalProperties"] = False
    return found


def with_plugins(core: Schema, plugins: Mapping[str, Schema]) -> Schema:
    """Return ``core`` with a table of settings and a failure policy for each of these plugins, no others."""
    failure = core["properties"]["failure"]["additionalProperties"]
    assert isinstance(failure, dict)
    tables: Schema = {"type": "object", "properties": dict(plugins), "additionalProperties": False}
    policies: Schema = {
        "type": "object",
        "properties": dict.fromkeys(plugins, failure),
        "additionalProperties": False,
    }
    return {**core, "properties": {**core["properties"], "failure": policies, "settings": tables}}


def inlined(document: Mapping[str, object]) -> Schema:
    """Return a JSON Schema document with every reference replaced by what it refers to."""
    known = document.get("$defs", {})
    assert isinstance(known, dict)
    return cast("Schema", _inlined(document, known, ()))


def _schema(kind: object) -> Schema:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return schema_of(kind)
    return inlined(msgspec.json.schema(kind, schema_hook=_foreign))


def _foreign(kind: type) -> dict[str, object]:
    if kind is Path:
        return {"type": "string"}
    if kind is object:
        return {"title": "anything"}
    raise NotImplementedError(f"settings of type {kind.__name__}")


def _inlined(part: object, known: Mapping[str, object], above: tuple[str, ...]) -> object:
    """Return ``part`` with every reference replaced by what it refers to; a circle ends as anything."""
    if isinstance(part, list):
        return [_inlined(one, known, above) for one in part]
    if not isinstance(part, dict):
        return part
    if isinstance(reference := part.get("$ref"), str):
        name = reference.rpartition("/")[2]
        return {} if name in above else _inlined(known[name], known, (*above, name))
    return {key: _inlined(one, known, above) for key, one in part.items() if key != "$defs"}
