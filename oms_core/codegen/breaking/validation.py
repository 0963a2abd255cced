"""Rules of buf.validate: a value that was accepted must stay so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf import json_format

from oms_core.codegen.breaking.finding import Finding
from oms_core.codegen.breaking.surface import Declared, Surface

_RULES = {"fields": "buf.validate.field", "messages": "buf.validate.message", "oneofs": "buf.validate.oneof"}
_LOWER_BOUNDS = {"min_len", "min_bytes", "min_items", "min_pairs", "gt", "gte"}
_UPPER_BOUNDS = {"max_len", "max_bytes", "max_items", "max_pairs", "lt", "lte"}
_HARMLESS = {"example", "message"}

Leaves = Mapping[tuple[str, ...], object]


def changed_validation(old: Surface, new: Surface) -> Iterator[Finding]:
    """Give rules that are new, or narrower than they were."""
    for kind, option in _RULES.items():
        before, after = getattr(old, kind), getattr(new, kind)
        for key in before.keys() & after.keys():
            was, rules = _leaves(old, before[key], option), _leaves(new, after[key], option)
            for path, value in sorted(rules.items()):
                if path[-1] not in _HARMLESS and not _accepts_as_much(path[-1], was.get(path), value):
                    said = f"was {was[path]}, and is {value}" if path in was else f"is new: {value}"
                    yield after[key].finding("VALIDATION_TIGHTENED", f"the rule {'.'.join(path)} {said}")


def _leaves(surface: Surface, declared: Declared[Any], option: str) -> Leaves:
    rules = surface.option(declared, option)
    if rules is None:
        return {}
    return dict(_flat(json_format.MessageToDict(rules, preserving_proto_field_name=True), ()))


def _flat(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _flat(item, (*path, name))
    else:
        yield path, value


def _accepts_as_much(rule: str, was: object, value: object) -> bool:
    if was == value or value is False:
        return True
    if was is None:
        return False
    if rule == "in" and isinstance(was, list) and isinstance(value, list):
        return all(one in value for one in was)
    if rule == "not_in" and isinstance(was, list) and isinstance(value, list):
        return all(one in was for one in value)
    if rule in _LOWER_BOUNDS | _UPPER_BOUNDS:
        before, after = _number(was), _number(value)
        if before is not None and after is not None:
            return after <= before if rule in _LOWER_BOUNDS else after >= before
    return False


def _number(value: object) -> float | None:
    # 64-bit numbers are text in JSON, and a duration ends with its unit.
    try:
        return float(str(value).removesuffix("s"))
    except ValueError:
        return None
