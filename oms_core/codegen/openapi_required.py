"""Which fields a caller has to give: those whose absence would break a rule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from oms_core.codegen.rules_formats import TEXT_FORMATS
from oms_core.codegen.rules_model import Ignore, RuledField, Shape
from oms_core.codegen.rules_pattern import translated

NOT_EMPTY = TEXT_FORMATS - {"uri_ref"}
NUMBERS = {"int32", "sint32", "sfixed32", "uint32", "fixed32", "float", "double"}
NUMBERS_AS_TEXT = {"int64", "sint64", "sfixed64", "uint64", "fixed64"}
"""The kinds of numbers that JSON has as text."""
_NEEDS_TEXT = ("len", "min_len", "len_bytes", "min_bytes", "prefix", "suffix", "contains")
_HEADER_NAME = 1


def must_be_given(field: RuledField) -> bool:
    """Say whether a message without the field breaks one of its rules."""
    rules = field.rules
    if rules.ignore is Ignore.ALWAYS or rules.required:
        return rules.ignore is not Ignore.ALWAYS
    if field.presence or zero_passes(field):
        return False
    given = rules.rules
    if field.shape is not Shape.SINGLE:
        return bool(given.get("min_items") or given.get("min_pairs"))
    return _text_needed(given) if field.value.kind == "string" else _zero_barred(field.value.kind, given)


def _text_needed(rules: Mapping[str, Any]) -> bool:
    """Say whether the empty string breaks a rule."""
    if NOT_EMPTY & {name for name, value in rules.items() if value is True}:
        return True
    if any(map(rules.get, _NEEDS_TEXT)) or rules.get("well_known_regex") == _HEADER_NAME:
        return True
    return _barred("", rules) or not re.search(translated(rules.get("pattern", "")).python, "")


def _zero_barred(kind: str, rules: Mapping[str, Any]) -> bool:
    """Say whether zero breaks a rule of a number, an enum or a boolean."""
    if kind not in NUMBERS | NUMBERS_AS_TEXT | {"bool", "enum"}:
        return False
    above = rules["gt"] < 0 if "gt" in rules else rules.get("gte", 0) <= 0
    below = rules["lt"] > 0 if "lt" in rules else rules.get("lte", 0) >= 0
    low, high = rules.get("gt", rules.get("gte")), rules.get("lt", rules.get("lte"))
    inverted = low is not None and high is not None and high < low
    inside = above or below if inverted else above and below
    return not inside or _barred(0, rules)


def _barred(zero: Any, rules: Mapping[str, Any]) -> bool:
    return (
        ("const" in rules and rules["const"] != zero)
        or ("in" in rules and zero not in rules["in"])
        or zero in rules.get("not_in", ())
    )


def zero_passes(field: RuledField) -> bool:
    """Say whether no rule holds for the zero value, which is as good as absent."""
    if field.presence:
        return False
    return field.rules.ignore is Ignore.IF_ZERO_VALUE or field.optional_together
