"""The rules of one value as Python conditions, each true where its rule is broken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol, cast

from oms_core.codegen.rules_formats import TEXT_FORMATS, format_checks, header_checks
from oms_core.codegen.rules_model import Check, RuleValue, ValueType
from oms_core.codegen.rules_pattern import translated
from oms_core.codegen.rules_ranges import range_check
from oms_core.codegen.rules_words import literal, spoken

_RANGE = {"lt", "lte", "gt", "gte"}
_LENGTHS = {
    "len": ("{size} != {limit}", "must be {count}"),
    "min_len": ("{size} < {limit}", "must be at least {count}"),
    "max_len": ("{size} > {limit}", "must be at most {count}"),
    "len_bytes": ("len({value}.encode()) != {limit}", "must be {count}"),
    "min_bytes": ("len({value}.encode()) < {limit}", "must be at least {count}"),
    "max_bytes": ("len({value}.encode()) > {limit}", "must be at most {count}"),
    "min_items": ("{size} < {limit}", "must have at least {count}"),
    "max_items": ("{size} > {limit}", "must have at most {count}"),
    "min_pairs": ("{size} < {limit}", "must have at least {count}"),
    "max_pairs": ("{size} > {limit}", "must have at most {count}"),
}
_UNITS = {
    "string": ("character", "characters"),
    "repeated": ("item", "items"),
    "map": ("entry", "entries"),
}
_PARTS = {
    "prefix": ("not {value}.startswith({part})", "must begin with {shown}"),
    "suffix": ("not {value}.endswith({part})", "must end with {shown}"),
    "contains": ("{part} not in {value}", "must contain {shown}"),
    "not_contains": ("{part} in {value}", "must not contain {shown}"),
}


KNOWN_RULES = frozenset(
    {
        *(
            *_RANGE,
            *_LENGTHS,
            *_PARTS,
            *TEXT_FORMATS,
            "well_known_regex",
            "strict",
            "pattern",
            "const",
        ),
        *("in", "not_in", "within", "lt_now", "gt_now", "unique", "defined_only", "finite"),
    }
)
"""The names of all rules that become checks."""


class Constants(Protocol):
    """Takes what is made once a module: sets and compiled patterns."""

    def __call__(self, rule: str, source: str) -> str:
        """Return the name of a constant for ``rule`` that is set to ``source``."""


def checks(
    kind: str, rules: Mapping[str, RuleValue], type_: ValueType, value: str, constants: Constants
) -> Iterator[Check]:
    """Give the checks for the expression ``value``; ``kind`` names the rules, such as ``string``."""
    if _RANGE & rules.keys():
        yield range_check(kind, rules, value)
    strict = rules.get("strict") is not False
    for rule, limit in rules.items():
        if rule == "well_known_regex":
            yield from header_checks(limit, value, strict=strict)
        elif check := _single(type_ if kind == "enum" else ValueType(kind), rule, limit, value, constants):
            yield check
        elif limit is True:
            yield from _flag(kind, rule, type_, value, constants)


def _single(type_: ValueType, rule: str, limit: RuleValue, value: str, constants: Constants) -> Check | None:
    """Return the check of a rule that is set to something other than true or false."""
    kind = type_.kind
    match rule:
        case _ if rule in _LENGTHS:
            check = _length(kind, rule, limit, value)
        case _ if rule in _PARTS:
            check = _part(kind, rule, limit, value)
        case "in" | "not_in":
            check = _membership(type_, rule, _many(limit), value, constants)
        case "const":
            check = _const(type_, limit, value)
        case "pattern":
            check = _pattern(kind, str(limit), value, constants)
        case "within":
            broken = f"abs({value} - now) > {literal(limit)}"
            check = Check(f"{kind}.within", broken, f"must be within {spoken(limit)} of now")
        case _:
            return None
    return check


def _part(kind: str, rule: str, limit: RuleValue, value: str) -> Check:
    broken, message = _PARTS[rule]
    broken = broken.format(value=value, part=literal(limit))
    return Check(f"{kind}.{rule}", broken, message.format(shown=spoken(limit)))


def _length(kind: str, rule: str, limit: RuleValue, value: str) -> Check:
    broken, message = _LENGTHS[rule]
    one, many = _UNITS.get(kind if kind != "string" or "bytes" not in rule else "bytes", ("byte", "bytes"))
    size = cast("int", limit)
    broken = broken.format(size=f"len({value})", value=value, limit=size)
    count = f"{size} {one if size == 1 else many}"
    return Check(f"{kind}.{rule}", broken, message.format(count=count))


def _const(type_: ValueType, limit: RuleValue, value: str) -> Check:
    kind = type_.kind
    if kind == "field_mask":
        broken = f"{value}.paths != [{', '.join(map(literal, _many(limit)))}]"
    else:
        broken = f"{value} {'is not' if kind == 'bool' else '!='} {literal(limit)}"
    return Check(f"{kind}.const", broken, f"must equal {_named(type_, limit)}")


def _flag(kind: str, rule: str, type_: ValueType, value: str, constants: Constants) -> Iterator[Check]:
    name = f"{kind}.{rule}"
    match rule:
        case "unique":
            yield Check(name, f"len(set({value})) != len({value})", "must contain unique items")
        case "defined_only":
            known = constants("known", _set(tuple(sorted(type_.enum))))
            yield Check(name, f"{value} not in {known}", "must be one of the defined enum values")
        case "finite":
            yield Check(name, f"not isfinite({value})", "must be finite")
        case "lt_now":
            yield Check(name, f"{value} > now", "must be less than now")
        case "gt_now":
            yield Check(name, f"{value} < now", "must be greater than now")
        case _ if rule in TEXT_FORMATS:
            yield from format_checks(kind, rule, value)


def _pattern(kind: str, pattern: str, value: str, constants: Constants) -> Check:
    name = constants("pattern", f"re.compile({translated(pattern).python!r})")
    broken = f"not {name}.search({value})" if kind == "string" else f"not matches({name}, {value})"
    return Check(f"{kind}.pattern", broken, f"must match the pattern {pattern}")


def _membership(
    type_: ValueType, rule: str, choices: tuple[RuleValue, ...], value: str, constants: Constants
) -> Check:
    kind = type_.kind
    listed = ", ".join(_named(type_, choice) for choice in choices)
    message = f"must be one of {listed}" if rule == "in" else f"must be none of {listed}"
    if kind == "field_mask":
        among = constants(rule, literal(choices))
        question = "not all" if rule == "in" else "any"
        broken = f"{question}(covers({among}, path) for path in {value}.paths)"
        return Check(f"{kind}.{rule}", broken, message)
    compared = f"{value}.type_url" if kind == "any" else value
    broken = f"{compared} {'not in' if rule == 'in' else 'in'} {constants(rule, _set(choices))}"
    return Check(f"{kind}.{rule}", broken, message)


def _named(type_: ValueType, value: RuleValue) -> str:
    """Return a value as people know it: an enum's by its name in the contract."""
    return (
        type_.enum.get(value, str(value))
        if type_.kind == "enum" and isinstance(value, int)
        else spoken(value)
    )


def _many(limit: RuleValue) -> tuple[RuleValue, ...]:
    return cast("tuple[RuleValue, ...]", limit)


def _set(values: tuple[RuleValue, ...]) -> str:
    return f"frozenset({{{', '.join(map(literal, values))}}})" if values else "frozenset()"
