"""From a schema back to types: settings are checked though the class that declares them is not imported."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from types import GenericAlias
from typing import Annotated, Any, Literal

import msgspec

from oms_core.config.schema import Schema

_FORMATS: dict[str, type] = {
    "date": date,
    "date-time": datetime,
    "decimal": Decimal,
    "duration": timedelta,
    "time": time,
    "uuid": uuid.UUID,
}
_KINDS: dict[str, object] = {"boolean": bool, "integer": int, "null": None, "number": float, "string": str}
_BOUNDS = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "pattern": "pattern",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
}


def struct_of(schema: Schema, *, name: str = "Settings") -> type[msgspec.Struct]:
    """Return a settings class with the keys, types, bounds and defaults of a schema."""
    required, properties = schema.get("required", []), schema.get("properties", {})
    # A key need not be a name in Python: `rename="kebab"` makes such keys.
    keys = {f"field_{number}": key for number, key in enumerate(properties)}
    fields = [_field(own, properties[key], required=key in required) for own, key in keys.items()]
    return msgspec.defstruct(
        name,
        [field[:2] if field[2] is msgspec.NODEFAULT else field for field in fields],
        rename=keys,
        kw_only=True,
        frozen=True,
        forbid_unknown_fields="properties" in schema,
    )


def type_of(schema: Schema) -> Any:
    """Return the type of the values that a schema allows."""
    if "anyOf" in schema:
        return reduce(or_, (type_of(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return Literal[tuple(schema["enum"])]
    if "properties" in schema:
        return struct_of(schema)
    bounds: dict[str, Any] = {ours: schema[theirs] for theirs, ours in _BOUNDS.items() if theirs in schema}  # type: ignore[literal-required]
    plain = _plain(schema)
    return Annotated[plain, msgspec.Meta(**bounds)] if bounds else plain


def _plain(schema: Schema) -> object:
    kind = schema.get("type", "")
    if kind == "array":
        return GenericAlias(list, (type_of(schema.get("items") or {}),))
    if kind == "object":
        entries = schema.get("additionalProperties")
        return GenericAlias(dict, (str, type_of(entries) if isinstance(entries, dict) else Any))
    return _FORMATS.get(schema.get("format", "")) or _KINDS.get(kind, Any)


def _field(key: str, schema: Schema, *, required: bool) -> tuple[str, Any, Any]:
    kind = type_of(schema)
    if required:
        return key, kind, msgspec.NODEFAULT
    if "properties" in schema:
        return key, kind, msgspec.field(default_factory=kind)
    # As it is written, not as it would be used: what has a default need not be checked, only shown.
    return key, kind, msgspec.field(default_factory=lambda: schema.get("default"))
