"""Every setting as it is in force: its value, where that came from, and what it would be otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from oms_core.config.convert import convert
from oms_core.config.leaves import Key, leaves
from oms_core.config.load import refuse_strangers
from oms_core.config.schema import Schema, schema_of, with_plugins
from oms_core.config.secrets import MASK, masked
from oms_core.config.settings import Config, Written
from oms_core.config.sources import DEFAULT
from oms_core.config.typed import struct_of


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting in force; secrets in ``value`` and ``default`` are masked."""

    name: str
    value: object
    source: str
    default: object


def effective(config: Config, plugins: Mapping[str, Schema]) -> Iterator[Setting]:
    """Yield the settings of the core and of ``plugins``; raises ConfigError for one that cannot hold.

    Of a plugin whose schema is unknown nobody can tell what is secret: its table is masked as a whole.
    """
    refuse_strangers(config, plugins)
    tree: dict[str, object] = {
        name: msgspec.to_builtins(getattr(config, name), enc_hook=str) for name in Written.__struct_fields__
    }
    tree["settings"] = {name: _table(config, name, schema) for name, schema in plugins.items()}
    for leaf in leaves(with_plugins(schema_of(Written), plugins)):
        source = config.sources.of(leaf.key, exactly=True)
        if source or "default" in leaf.schema:
            value, default = _value(tree, leaf.key), leaf.schema.get("default")
            yield Setting(
                leaf.name, masked(value, leaf.schema), source or DEFAULT, masked(default, leaf.schema)
            )


def _table(config: Config, plugin: str, schema: Schema) -> object:
    key, table = ("settings", plugin), config.settings.get(plugin, {})
    if "properties" not in schema:
        return table and MASK
    kind = struct_of(schema)
    return msgspec.to_builtins(convert(table, kind, at=key, sources=config.sources, schema=schema))


def _value(tree: object, key: Key) -> object:
    for part in key:
        tree = tree.get(part) if isinstance(tree, Mapping) else None
    return tree
