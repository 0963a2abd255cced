"""As much of JSON Schema as the compiler writes, for tests that ask what a schema lets through."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_BOUNDS: dict[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda value, limit: value >= limit,
    "maximum": lambda value, limit: value <= limit,
    "exclusiveMinimum": lambda value, limit: value > limit,
    "exclusiveMaximum": lambda value, limit: value < limit,
}
_SIZES = {
    "minLength": (str, 1),
    "maxLength": (str, -1),
    "minItems": (list, 1),
    "maxItems": (list, -1),
    "minProperties": (dict, 1),
    "maxProperties": (dict, -1),
}
_TYPES = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
}
_PLAIN: dict[str, Callable[[Any, Any], bool]] = {
    "type": lambda value, said: isinstance(value, _TYPES[said]),
    "enum": lambda value, said: value in said,
    "const": lambda value, said: bool(value == said),
    # As in JavaScript, $ is the end and nothing before it.
    "pattern": lambda value, said: re.search(said.replace("$", r"\Z"), value, re.ASCII) is not None,
    "uniqueItems": lambda value, _: all(one not in value[:index] for index, one in enumerate(value)),
    "required": lambda value, said: all(name in value for name in said),
}
_SILENT = {"format", "description", "contentEncoding"}


def fits(value: Any, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> bool:
    """Say whether a schema lets ``value`` through; ``schemas`` are the components by name."""
    if isinstance(value, int) and schema.get("type") == "string" and "enum" in schema:
        return True  # enums are open: a number without a name is more than schemas say
    return all(_fits(value, key, said, schemas) for key, said in schema.items())


def _fits(value: Any, key: str, said: Any, schemas: Mapping[str, Any]) -> bool:
    if key in _PLAIN:
        return _PLAIN[key](value, said)
    if key in _BOUNDS:
        return isinstance(value, str) or _BOUNDS[key](value, said)
    if key in _SIZES:
        kind, sign = _SIZES[key]
        return not isinstance(value, kind) or sign * (len(value) - said) >= 0
    return key in _SILENT or _fits_inside(value, key, said, schemas)


def _fits_inside(value: Any, key: str, said: Any, schemas: Mapping[str, Any]) -> bool:
    match key:
        case "$ref":
            fit = fits(value, schemas[said.rpartition("/")[2]], schemas)
        case "anyOf":
            fit = any(fits(value, one, schemas) for one in said)
        case "not":
            fit = not fits(value, said, schemas)
        case "items" | "propertyNames":
            fit = all(fits(one, said, schemas) for one in value)
        case "properties":
            fit = all(fits(one, said[name], schemas) for name, one in value.items())
        case "additionalProperties":
            fit = said is False or all(fits(one, said, schemas) for one in value.values())
        case _:
            raise AssertionError(key)
    return fit
