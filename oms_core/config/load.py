"""Reading settings from their three sources; a later source wins."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from oms_core.config.settings import Config
from oms_core.errors import ConfigError

SECTIONS = ("server", "database", "auth")
S = TypeVar("S", bound=msgspec.Struct)
Tree = dict[str, object]


def load_config(
    *, file: Path | None = None, environ: Mapping[str, str], flags: Mapping[str, object] | None = None
) -> Config:
    """Return the settings from ``oms.toml`` (``file``, or the one here if any), ``OMS_*`` and flags.

    ``flags`` has dotted names (``server.http_port``); None values are not set. Raises ConfigError that
    names the key and the source.
    """
    tree = _read(file)
    for name, value in environ.items():
        if name.startswith("OMS_"):
            key = _key(name)
            _put(tree, key, value.split(",") if key == ("plugins",) else value)
    for dotted, flag in (flags or {}).items():
        if flag is not None:
            _put(tree, tuple(dotted.split(".")), flag)
    return convert(tree, Config, what="oms.toml, OMS_* or flags")


def convert(tree: object, kind: type[S], *, what: str) -> S:
    """Return ``tree`` as typed settings; raises ConfigError that names the key at fault."""
    try:
        return msgspec.convert(tree, kind, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise ConfigError(
            "CONFIG_INVALID", f"{what}: {error}", hint=f"known keys: {', '.join(kind.__struct_fields__)}"
        ) from None


def _decode(kind: type, value: object) -> object:
    if kind is object:
        return value
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError(f"settings of type {kind.__name__}")


def _read(file: Path | None) -> Tree:
    path = file or Path("oms.toml")
    if not path.exists():
        if file is None:
            return {}
        raise ConfigError("CONFIG_MISSING", f"there is no {path}", hint="give another --config, or none")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            "CONFIG_UNREADABLE",
            f"cannot read {path}: {error.strerror}",
            hint="let this user read it, or give another --config",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError("CONFIG_SYNTAX", f"{path}: {error}", hint="correct the file") from None


def _key(variable: str) -> tuple[str, ...]:
    name = variable.removeprefix("OMS_").lower()
    section, _, rest = name.partition("_")
    return (section, rest) if section in SECTIONS and rest else (name,)


def _put(tree: Tree, key: tuple[str, ...], value: object) -> None:
    for part in key[:-1]:
        below = tree.setdefault(part, {})
        if not isinstance(below, dict):
            raise ConfigError("CONFIG_INVALID", f"oms.toml: `{part}` must be a table", hint=f"write [{part}]")
        tree = below
    tree[key[-1]] = value
