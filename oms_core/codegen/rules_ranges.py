"""Ranges: one bound, two, or two that leave out what lies between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oms_core.codegen.rules_model import Check, RuleValue
from oms_core.codegen.rules_words import literal, spoken

_FLOATS = {"float", "double"}
_SIGNS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_BROKEN = {"lt": ">=", "lte": ">", "gt": "<=", "gte": "<"}
_WORDS = {
    "lt": "less than",
    "lte": "less than or equal to",
    "gt": "greater than",
    "gte": "greater than or equal to",
}


def range_check(kind: str, rules: Mapping[str, RuleValue], value: str) -> Check:
    """Return the check of the bounds among ``rules``, of which there is one at least."""
    low = next((name for name in ("gt", "gte") if name in rules), None)
    high = next((name for name in ("lt", "lte") if name in rules), None)
    if low is None or high is None:
        name = low or high
        assert name is not None
        bound = literal(rules[name])
        # A number that is none compares with nothing, and keeps no bound.
        broken = (
            f"not {value} {_SIGNS[name]} {bound}" if kind in _FLOATS else f"{value} {_BROKEN[name]} {bound}"
        )
        return Check(f"{kind}.{name}", broken, f"must be {_WORDS[name]} {spoken(rules[name])}")
    lower: Any = rules[low]
    upper: Any = rules[high]
    words = f"must be {_WORDS[low]} {spoken(lower)} {{}} {_WORDS[high]} {spoken(upper)}"
    if upper >= lower:
        inside = f"{literal(lower)} {'<' if low == 'gt' else '<='} {value} {_SIGNS[high]} {literal(upper)}"
        return Check(f"{kind}.{low}_{high}", f"not {inside}", words.format("and"))
    outside = f"{value} {_SIGNS[high]} {literal(upper)} or {value} {_SIGNS[low]} {literal(lower)}"
    return Check(f"{kind}.{low}_{high}_exclusive", f"not ({outside})", words.format("or"))
