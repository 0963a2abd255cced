"""The single settings that a schema allows, and the variable of the environment that sets each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oms_core.config.schema import Schema

Key = tuple[str, ...]
"""Where a setting lies: ``("server", "http_port")`` is ``http_port`` in ``[server]``."""
PREFIX = "OMS_"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One setting: where it lies and what it may hold."""

    key: Key
    schema: Schema
    required: bool

    @property
    def name(self) -> str:
        """Its name as a person writes it: ``server.http_port``."""
        return ".".join(self.key)

    @property
    def variable(self) -> str:
        """The variable of the environment that sets it."""
        return variable(self.key)


def variable(key: Key) -> str:
    """Return the name of the variable that sets ``key``."""
    return PREFIX + "_".join(key).upper().replace("-", "_")


def leaves(schema: Schema, *, above: Key = (), required: bool = True) -> Iterator[Leaf]:
    """Yield every setting below a schema; a table whose keys are free is one setting."""
    if "properties" not in schema:
        yield Leaf(above, schema, required)
        return
    for name, below in schema["properties"].items():
        needed = required and name in schema.get("required", ())
        yield from leaves(below, above=(*above, name), required=needed)


def schema_at(schema: Schema, key: Key) -> Schema:
    """Return what may stand at ``key``: the nearest schema above it where it has none of its own."""
    for part in key:
        free = schema.get("additionalProperties")
        below = schema.get("properties", {}).get(part, free)
        if not isinstance(below, dict):
            break
        schema = below
    return schema


def shape(schema: Schema) -> Schema:
    """Return the schema without its ``null``: that a setting may be left out says nothing of its form."""
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return choices[0] if len(choices) == 1 else schema
