"""The rules of buf.validate as far as JSON Schema can say them; never stricter than the checks themselves."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from typing import Any

from oms_core.codegen.model import Contract, HttpBinding, Message, Method
from oms_core.codegen.openapi_required import (
    NOT_EMPTY,
    NUMBERS,
    NUMBERS_AS_TEXT,
    must_be_given,
    zero_passes,
)
from oms_core.codegen.rules_model import Ignore, MessageRules, RuledField, Shape, ValueRules, ValueType
from oms_core.codegen.rules_pattern import translated
from oms_core.codegen.rules_words import shortest

Json = dict[str, Any]

_FORMATS = {
    "email": "email",
    "hostname": "hostname",
    "ipv4": "ipv4",
    "ipv6": "ipv6",
    "uri": "uri",
    "uri_ref": "uri-reference",
    "uuid": "uuid",
}
_BOUNDS = {"gt": "exclusiveMinimum", "gte": "minimum", "lt": "exclusiveMaximum", "lte": "maximum"}
_SIZES = {
    "min_len": "minLength",
    "max_len": "maxLength",
    "min_items": "minItems",
    "max_items": "maxItems",
    "min_pairs": "minProperties",
    "max_pairs": "maxProperties",
}
_KEYS_FOR_SIZE = {Shape.LIST: "minItems", Shape.MAP: "minProperties"}


def with_rules(schema: Json, message: Message, contract: Contract, *, without: Collection[str] = ()) -> Json:
    """Add the rules of ``message`` to its object schema, and return the schema itself."""
    rules = contract.rules.messages.get(message.type_name.full_name)
    if rules is None:
        return schema
    json_names = {field.name: field.json_name for field in message.fields if field.name not in without}
    required = []
    for field in rules.fields:
        name = json_names.get(field.name)
        if name in schema["properties"]:
            constrain(schema["properties"][name], field, contract)
            if must_be_given(field):
                required.append(name)
    if required:
        schema["required"] = required
    return schema


def with_parameter_rules(
    parameters: list[Json], method: Method, binding: HttpBinding, contract: Contract
) -> list[Json]:
    """Add the rules of the request's fields to the parameters that stand for them."""
    rules = contract.rules.messages.get(method.request.full_name)
    if rules is None:
        return parameters
    by_place = {("path", field.name): field.name for field in binding.variables}
    by_place |= {("query", field.json_name): field.name for field in binding.query}
    for parameter in parameters:
        field = _field(rules, by_place.get((parameter["in"], parameter["name"]), ""))
        if field is not None:
            constrain(parameter["schema"], field, contract)
            if must_be_given(field):
                parameter["required"] = True
    return parameters


def constrain(schema: Json, field: RuledField, contract: Contract) -> None:
    """Add what the rules of ``field`` say to the schema of its value."""
    rules = field.rules
    if rules.ignore is Ignore.ALWAYS:
        return
    if field.shape is Shape.SINGLE:
        _value(schema, rules, field.value, contract, zero_passes=zero_passes(field))
        if rules.required and not field.presence and field.value.kind == "string":
            schema.setdefault("minLength", 1)
        return
    schema |= _sizes(rules.rules, zero_passes=zero_passes(field))
    if rules.required:
        schema.setdefault(_KEYS_FOR_SIZE[field.shape], 1)
    if rules.rules.get("unique"):
        schema["uniqueItems"] = True
    if rules.items is not None and "items" in schema:
        _inner(schema["items"], rules.items, field.value, contract)
    if rules.entries is not None and "additionalProperties" in schema:
        _inner(schema["additionalProperties"], rules.entries, field.value, contract)
    if rules.keys is not None and field.key is not None and field.key.kind == "string":
        _inner(schema.setdefault("propertyNames", {}), rules.keys, field.key, contract)


def _inner(schema: Json, rules: ValueRules, type_: ValueType, contract: Contract) -> None:
    if rules.ignore is not Ignore.ALWAYS:
        _value(schema, rules, type_, contract, zero_passes=rules.ignore is Ignore.IF_ZERO_VALUE)


def _value(
    schema: Json, rules: ValueRules, type_: ValueType, contract: Contract, *, zero_passes: bool
) -> None:
    given = rules.rules
    if type_.kind == "string":
        schema |= _text(given, zero_passes=zero_passes)
    elif zero_passes:
        return
    elif type_.kind in NUMBERS:
        schema |= _numbers(type_.kind, given, schema)
    elif type_.kind in NUMBERS_AS_TEXT | {"bool"}:
        schema |= _choices(given, lambda value: str(value) if type_.kind != "bool" else value)
    elif type_.kind == "enum":
        names = _names(schema, contract)
        schema |= _choices(given, lambda number: names.get(number, number))


def _text(rules: Mapping[str, Any], *, zero_passes: bool) -> Json:
    found = _sizes(rules, zero_passes=zero_passes)
    if zero_passes:
        return found
    if "len" in rules:
        found |= {"minLength": rules["len"], "maxLength": rules["len"]}
    elif NOT_EMPTY & {name for name, value in rules.items() if value is True}:
        found.setdefault("minLength", 1)
    for name in _FORMATS.keys() & rules.keys():
        if rules[name] is True:
            found["format"] = _FORMATS[name]
    if "pattern" in rules and translated(rules["pattern"]).portable:
        found["pattern"] = rules["pattern"]
    elif "prefix" in rules and "pattern" not in rules:
        found["pattern"] = f"^{re.escape(rules['prefix'])}"
    return found | _choices(rules, lambda value: value)


def _sizes(rules: Mapping[str, Any], *, zero_passes: bool) -> Json:
    return {
        key: rules[name]
        for name, key in _SIZES.items()
        if name in rules and not (zero_passes and name.startswith("min"))
    }


def _numbers(kind: str, rules: Mapping[str, Any], schema: Json) -> Json:
    low = rules.get("gt", rules.get("gte"))
    high = rules.get("lt", rules.get("lte"))
    found: Json = _choices(rules, lambda value: _shown(kind, value))
    if low is not None and high is not None and high < low:
        return found
    for name, key in _BOUNDS.items():
        if name in rules and math.isfinite(rules[name]):
            found[key] = _shown(kind, rules[name])
    for key, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if exclusive in found:
            schema.pop(key, None)
    return found


def _shown(kind: str, value: float) -> float | str:
    """Return a number as proto3 JSON writes it."""
    if not math.isfinite(value):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    return shortest(value) if kind == "float" else value


def _choices(rules: Mapping[str, Any], shown: Any) -> Json:
    found: Json = {}
    if "in" in rules:
        found["enum"] = [shown(value) for value in rules["in"]]
    if "const" in rules:
        found["const"] = shown(rules["const"])
    if "not_in" in rules:
        found["not"] = {"enum": [shown(value) for value in rules["not_in"]]}
    return found


def _names(schema: Json, contract: Contract) -> dict[int, str]:
    enum = contract.enums.get(schema.get("$ref", "").rpartition("/")[2])
    return {value.number: value.name for value in enum.values} if enum else {}


def _field(rules: MessageRules, name: str) -> RuledField | None:
    return next((field for field in rules.fields if field.name == name), None)
