"""From what somebody wrote to typed settings; whatever is wrong is named with its source."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from oms_core.config.leaves import Key, schema_at, shape, variable
from oms_core.config.schema import Schema, schema_of
from oms_core.config.secrets import masked
from oms_core.config.sources import PROGRAM, Sources
from oms_core.config.typed import type_of
from oms_core.config.wording import allowed
from oms_core.errors import ConfigError

S = TypeVar("S", bound=msgspec.Struct)

_PLACE = re.compile(r" - at `(?:key` in `)?\$\.?(?P<path>[^`]*)`$")
_MISSING = re.compile(r"missing required field `(?P<name>[^`]+)`")


def convert(
    tree: object,
    kind: type[S],
    *,
    at: Key = (),
    sources: Sources | None = None,
    schema: Schema | None = None,
) -> S:
    """Return ``tree``, which lies ``at`` a key of the settings, as a ``kind``.

    Raises ConfigError that names an unknown key with the nearest right one, or a wrong value with its
    source and what is allowed.
    """
    sources, schema = sources or Sources(), schema or schema_of(kind)
    refuse_unknown(tree, schema, at=at, sources=sources)
    try:
        return msgspec.convert(tree, kind, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise _explained(str(error), tree, schema, at, sources) from None


def refuse_unknown(tree: object, schema: Schema, *, at: Key, sources: Sources) -> None:
    """Raise ConfigError for the first key in ``tree`` that the schema does not have."""
    known = schema.get("properties")
    if known is None or not isinstance(tree, Mapping):
        return
    for name, below in tree.items():
        key = (*at, str(name))
        if name not in known:
            raise unknown(
                ".".join(key),
                source=sources.of(key),
                nearest=nearest(str(name), known),
                known=f"known in {_table(at)} are {', '.join(known)}" if known else f"{_table(at)} has none",
            )
        refuse_unknown(below, known[name], at=key, sources=sources)


def unknown(name: str, *, source: str | None, nearest: str | None, known: str) -> ConfigError:
    """Return the error for a name that means nothing, with the right one that looks most like it."""
    hint = f"did you mean {nearest!r}? {known}" if nearest else known
    where = "" if source == name else f"{source or PROGRAM}: "
    return ConfigError("CONFIG_INVALID", f"{where}there is no setting {name!r}", hint=hint)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like ``name``, if one does."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), None)


def _explained(said: str, tree: object, schema: Schema, at: Key, sources: Sources) -> ConfigError:
    place = _PLACE.search(said)
    # Of a list msgspec does not say which entry is wrong: the whole list is shown.
    path = tuple(re.findall(r"[^.\[\]]+", place["path"].partition("[")[0])) if place else ()
    if missing := _MISSING.search(said):
        return _missing((*at, *path, missing["name"]), schema_at(schema, (*path, missing["name"])))
    path += _entry_at_fault(_value(tree, path), schema_at(schema, path))
    value, form, key = _value(tree, path), schema_at(schema, path), (*at, *path)
    source = sources.of(key) or PROGRAM
    shown = json.dumps(masked(value, form), default=str, ensure_ascii=False)
    hint = "correct it, or take it out"
    if _is_filled(value, shape(form)):
        message = f"{'.'.join(key)} is {shown}, which does not hold: {_PLACE.sub('', said)}"
    elif "properties" in form:
        message, hint = f"{'.'.join(key)} is {shown}, but must be a table", f"write {_table(key)}"
    else:
        message = f"{'.'.join(key)} is {shown}, but must be {allowed(form)}"
        if (default := form.get("default")) is not None:
            hint += f": the default is {json.dumps(masked(default, form))}"
    return ConfigError("CONFIG_INVALID", f"{source}: {message}", hint=hint)


def _is_filled(value: object, form: Schema) -> bool:
    """Say whether ``value`` is a table of settings, or a list of them, so that what is wrong lies inside."""
    if isinstance(value, list):
        return bool(value) and all(_is_filled(one, shape(form.get("items") or {})) for one in value)
    return isinstance(value, Mapping) and "properties" in form


def _missing(key: Key, form: Schema) -> ConfigError:
    return ConfigError(
        "CONFIG_INVALID",
        f"{'.'.join(key)} is not set, and has no default; it must be {allowed(form)}",
        hint=f"write {key[-1]} into {_table(key[:-1])} of oms.toml, or set {variable(key)}",
    )


def _entry_at_fault(value: object, form: Schema) -> Key:
    """Return the key of the entry of a free table that is wrong; msgspec does not name it."""
    entries = form.get("additionalProperties")
    if not isinstance(entries, dict) or not isinstance(value, Mapping):
        return ()
    for name, entry in value.items():
        try:
            msgspec.convert(entry, type_of(entries), strict=False)
        except msgspec.ValidationError:
            return (str(name),)
    return ()


def _value(tree: object, path: Key) -> object:
    for part in path:
        tree = tree.get(part) if isinstance(tree, Mapping) else None
    return tree


def _table(key: Key) -> str:
    return f"[{'.'.join(key)}]" if key else "oms.toml"


def _decode(kind: type, value: object) -> object:
    if kind is object:
        return value
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError(f"settings of type {kind.__name__}")
