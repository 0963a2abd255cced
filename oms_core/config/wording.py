"""What a setting may hold, in words."""

from __future__ import annotations

import json

from oms_core.config.schema import Schema

_NOUNS = {
    "boolean": "true or false",
    "integer": "an integer",
    "number": "a number",
    "string": "a text",
    "null": "nothing",
}
_FORMATS = {
    "duration": "a length of time such as PT15M",
    "date-time": "a date and a time",
    "date": "a date",
    "time": "a time of day",
    "uuid": "a UUID",
    "decimal": "a decimal number",
}


def allowed(schema: Schema) -> str:
    """Return what the schema allows, for a sentence: ``an integer from 0 to 65535``."""
    if "anyOf" in schema:
        return " or ".join(allowed(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "enum" in schema:
        return f"one of {', '.join(json.dumps(one) for one in schema['enum'])}"
    kind = schema.get("type", "")
    if kind == "array":
        return f"a list, each {allowed(schema['items'])}" if schema.get("items") else "a list"
    if kind == "object":
        free = schema.get("additionalProperties")
        return f"a table, each value {allowed(free)}" if isinstance(free, dict) and free else "a table"
    noun = _FORMATS.get(schema.get("format", "")) or _NOUNS.get(kind, "any value")
    return f"{noun}{_range(schema)}{_length(schema)}"


def _range(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    bounds = {
        "at least": low,
        "more than": schema.get("exclusiveMinimum"),
        "at most": high,
        "less than": schema.get("exclusiveMaximum"),
    }
    said = [f"{words} {bound:g}" for words, bound in bounds.items() if bound is not None]
    return f" of {' and '.join(said)}" if said else ""


def _length(schema: Schema) -> str:
    said = []
    if "minLength" in schema:
        said.append(f"at least {schema['minLength']} characters")
    if "maxLength" in schema:
        said.append(f"at most {schema['maxLength']} characters")
    if "pattern" in schema:
        said.append(f"the pattern {schema['pattern']}")
    return f" with {' and '.join(said)}" if said else ""
