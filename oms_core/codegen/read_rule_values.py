"""One ``buf.validate.FieldRules`` to the model: plain Python values, checked against the field's type."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from oms_core.codegen.rules_checks import KNOWN_RULES
from oms_core.codegen.rules_model import Ignore, Moment, RuleValue, Shape, Span, ValueRules, ValueType
from oms_core.codegen.rules_pattern import translated
from oms_core.errors import GenerateError
from oms_wire.times import NANOS

_MICROSECOND = 1000
_CONTAINERS = {Shape.LIST: "repeated", Shape.MAP: "map"}
_OPTIONS = {"cel", "cel_expression", "required", "ignore"}
_INNER = {"items", "keys", "values"}
_TIMES: dict[str, type[Span] | type[Moment]] = {
    "google.protobuf.Duration": Span,
    "google.protobuf.Timestamp": Moment,
}
_UNHASHABLE = {"any", "duration", "field_mask", "message", "timestamp"}


def read_values(
    option: Any,
    where: str,
    shape: Shape,
    value: ValueType,
    key: ValueType | None = None,
    *,
    exact_times: bool,
) -> ValueRules:
    """Return the rules in ``option`` of the field ``where``; raises GenerateError where they cannot hold."""
    refuse_unknown(option, _OPTIONS, where)
    kind = option.WhichOneof("type")
    expected = _CONTAINERS.get(shape, value.kind)
    if kind is not None and kind != expected:
        raise _error(f"{where}: it has {kind} rules, and needs {expected} rules")
    given = getattr(option, kind) if kind else None
    rules: dict[str, RuleValue] = {}
    cel = has_cel(option)
    for field, set_to in given.ListFields() if given is not None else ():
        if field.is_extension:
            cel = True
        elif field.name not in _INNER and field.name != "example":
            if field.name not in KNOWN_RULES:
                raise _error(f"{where}: the rule {field.full_name} is not known here")
            rules[field.name] = _values(set_to, field, where, exact_times=exact_times)
    _check(rules, where, value)
    return ValueRules(
        rules=rules,
        required=option.required,
        ignore=_ignore(option.ignore, where),
        items=_inner(given, "items", value, f"{where}, its items", exact_times=exact_times),
        keys=_inner(given, "keys", key or value, f"{where}, its keys", exact_times=exact_times),
        entries=_inner(given, "values", value, f"{where}, its values", exact_times=exact_times),
        cel=cel,
    )


def has_cel(option: Any) -> bool:
    """Say whether the rules of a message or a field have expressions in CEL."""
    return bool(option.cel or getattr(option, "cel_expression", ()))


def refuse_unknown(option: Any, known: Collection[str], where: str) -> None:
    """Raise GenerateError for an option that nothing here reads: a rule is never skipped in silence."""
    for field, _ in option.ListFields():
        if field.name not in known and field.containing_oneof is None:
            raise _error(f"{where}: {field.full_name} is not known here")


def _inner(given: Any, name: str, value: ValueType, where: str, *, exact_times: bool) -> ValueRules | None:
    if given is None or name not in given.DESCRIPTOR.fields_by_name or not given.HasField(name):
        return None
    return read_values(getattr(given, name), where, Shape.SINGLE, value, exact_times=exact_times)


def _values(value: Any, field: Any, where: str, *, exact_times: bool) -> RuleValue:
    if field.is_repeated:
        return tuple(_value(one, field, where, exact_times=exact_times) for one in value)
    return _value(value, field, where, exact_times=exact_times)


def _value(value: Any, field: Any, where: str, *, exact_times: bool) -> RuleValue:
    if field.message_type is None:
        return cast("RuleValue", value)
    if field.message_type.full_name not in _TIMES:
        return tuple(value.paths)
    if value.nanos % _MICROSECOND and not exact_times:
        raise _error(f"{where}: {field.name} says nanoseconds, and times here have microseconds")
    return _TIMES[field.message_type.full_name](value.seconds * NANOS + value.nanos, exact_times)


def _ignore(number: int, where: str) -> Ignore:
    try:
        return Ignore(number)
    except ValueError:
        raise _error(f"{where}: ignore is set to {number}, which is not known here") from None


def _check(rules: dict[str, RuleValue], where: str, value: ValueType) -> None:
    if (pattern := rules.get("pattern")) is not None:
        try:
            translated(str(pattern))
        except ValueError as error:
            raise _error(f"{where}: the pattern {pattern!r} {error}") from None
    if rules.get("unique") and value.kind in _UNHASHABLE:
        raise _error(f"{where}: unique is for scalars and enums, not for messages")


def _error(problem: str) -> GenerateError:
    return GenerateError(
        "UNSUPPORTED_CONTRACT", f"{problem}.", hint="Mend the rule, then run oms generate again."
    )
