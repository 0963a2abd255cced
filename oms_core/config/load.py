"""Reading settings from their three sources; a later source wins."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from oms_core.config.convert import convert, nearest
from oms_core.config.environment import assignments, ours, split
from oms_core.config.leaves import Key
from oms_core.config.schema import NOTHING, Schema, schema_of, with_plugins
from oms_core.config.settings import Config, Written
from oms_core.config.sources import PROGRAM, Sources
from oms_core.config.toml_lines import lines_of
from oms_core.errors import ConfigError

S = TypeVar("S", bound=msgspec.Struct)
Tree = dict[str, object]
PluginSchemas = Callable[[Collection[str] | None], Mapping[str, Schema]]
"""Returns the settings schema of each of the plugins with these names; None asks for every installed one."""


def load_config(
    *,
    file: Path | None = None,
    environ: Mapping[str, str],
    flags: Mapping[str, object] | None = None,
    plugins: PluginSchemas = lambda names: dict.fromkeys(names or (), NOTHING),
) -> Config:
    """Return the settings from ``oms.toml`` (``file``, or the one here if any), ``OMS_*`` and flags.

    ``flags`` has dotted names (``server.http_port``); None values are not set. ``plugins`` is asked only
    when a variable is not one of the core's. Raises ConfigError that names the key, the value and the source.
    What ``[settings.<plugin>]`` says is checked by ``settings_of``, so that it can fail alone.
    """
    tree, named = _read(file)
    core = schema_of(Written)
    bare = with_plugins(core, {})
    of_core, others = split(ours(environ), bare)
    flagged = list(_flags(flags or {}))
    for key, source, value in [*assignments(of_core, bare), *flagged]:
        _put(tree, named, key, value, source)
    written = convert(tree, Written, sources=Sources(named), schema=core)
    if others:
        whole = with_plugins(core, plugins(written.plugins))
        for key, source, value in [*assignments(others, whole), *flagged]:
            _put(tree, named, key, value, source)
        written = convert(tree, Written, sources=Sources(named), schema=core)
    fields = {name: getattr(written, name) for name in Written.__struct_fields__}
    return Config(**fields, sources=Sources(named))


def settings_of(config: Config, plugin: str, kind: type[S] | None) -> S | None:
    """Return the settings of one plugin as its settings class, None when it has none.

    Raises ConfigError that names the key at fault with its source.
    """
    table, key = config.settings.get(plugin, {}), ("settings", plugin)
    if kind is not None:
        return convert(table, kind, at=key, sources=config.sources)
    if table:
        source = config.sources.of((*key, next(iter(table)))) or PROGRAM
        raise ConfigError(
            "CONFIG_INVALID", f"{source}: plugin {plugin!r} has no settings", hint=f"take out {'.'.join(key)}"
        )
    return None


def refuse_strangers(config: Config, names: Collection[str]) -> None:
    """Raise ConfigError when settings or a failure policy speak of a plugin that is not among ``names``."""
    for section, tables in (("settings", config.settings), ("failure", config.failure)):
        for name in tables:
            if name not in names:
                source = config.sources.of((section, name)) or PROGRAM
                near = nearest(name, names)
                raise ConfigError(
                    "CONFIG_INVALID",
                    f"{source}: {section}.{name}: no plugin named {name!r} takes part",
                    hint=(f"did you mean {near!r}? " if near else "")
                    + f"those that take part are {', '.join(names) or 'none'}",
                )


def _read(file: Path | None) -> tuple[Tree, dict[Key, str]]:
    path = file or Path("oms.toml")
    if not path.exists():
        if file is None:
            return {}, {}
        raise ConfigError("CONFIG_MISSING", f"there is no {path}", hint="give another --config, or none")
    try:
        text = path.read_text(encoding="utf-8")
        tree = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(
            "CONFIG_UNREADABLE",
            f"cannot read {path}: {error.strerror}",
            hint="let this user read it, or give another --config",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError("CONFIG_SYNTAX", f"{path}: {error}", hint="correct the file") from None
    return tree, {key: f"{path}:{line}" for key, line in lines_of(text).items()}


def _flags(flags: Mapping[str, object]) -> Iterator[tuple[Key, str, object]]:
    for dotted, value in flags.items():
        if value is not None:
            key = tuple(dotted.split("."))
            yield key, f"--{key[-1].replace('_', '-')}", value


def _put(tree: Tree, named: dict[Key, str], key: Key, value: object, source: str) -> None:
    for depth, part in enumerate(key[:-1], 1):
        below = tree.setdefault(part, {})
        if not isinstance(below, dict):
            where = named.get(key[:depth], PROGRAM)
            raise ConfigError(
                "CONFIG_INVALID",
                f"{where}: {'.'.join(key[:depth])} must be a table",
                hint=f"write [{'.'.join(key[:depth])}]",
            )
        tree = below
    tree[key[-1]] = value
    named[key] = source
