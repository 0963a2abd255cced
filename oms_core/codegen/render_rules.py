"""The rules of a package's messages to straight-line Python: one function a message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from oms_core.codegen import names
from oms_core.codegen.imports import Names, module_alias
from oms_core.codegen.model import Message, Package, TypeName
from oms_core.codegen.rules_checks import checks
from oms_core.codegen.rules_model import (
    ExclusiveFields,
    Ignore,
    MessageRules,
    RequiredOneof,
    RuledField,
    Rules,
    Shape,
    ValueRules,
    ValueType,
)

_NONE = ValueRules()
_TIMES = {"timestamp", "duration"}
_FLOATS = {"float", "double"}
_CONTAINERS = {Shape.LIST: "repeated", Shape.MAP: "map"}


@dataclass(frozen=True, slots=True)
class CheckFunction:
    """A function of the module: its name, the message that it takes, and the lines of its body."""

    name: str
    message: str
    full_name: str
    lines: tuple[str, ...]
    cel: bool


def rules_context(package: Package) -> dict[str, object]:
    """Return what the template of ``rules.py`` needs."""
    rules = package.rules
    types = {m.type_name.full_name: m.type_name for m in package.messages}
    types |= {f.type_name.full_name: f.type_name for m in package.messages for f in m.fields if f.type_name}
    own = [m for m in package.messages if m.type_name.full_name in rules.ruled | rules.cel]
    called = {
        types[f.value.message]
        for m in own
        for f in rules.messages[m.type_name.full_name].fields
        if f.value.message in rules.ruled
    }
    local = Names(f"{package.module}.rules", (), {m.type_name for m in own} | called)
    constants: dict[str, str] = {}
    functions = [
        _function(m, rules, local, _Bodies(rules=rules, types=types, names=local, constants=constants))
        for m in own
    ]
    imports = [str(line) for line in local.imports("messages")]
    imports += [
        f"from {t.module}.rules import {check_name(t.python_name)} as {check_name(local(t))}"
        for t in sorted(called, key=lambda t: t.full_name)
        if t.module != package.module
    ]
    return {
        "functions": functions,
        "constants": constants,
        "imports": imports,
        "cel": any(function.cel for function in functions),
    }


def check_name(type_name: str) -> str:
    """Return the function that checks the messages of a class."""
    return f"check_{names.snake(type_name)}"


def entry_check(type_name: TypeName, rules: Rules) -> str:
    """Return what checks a request of this type, its rules in CEL as well; empty where it has none."""
    name = f"{rules_alias(type_name)}.{check_name(type_name.python_name)}"
    if type_name.full_name in rules.cel:
        return f"{name}_with_cel"
    return name if type_name.full_name in rules.ruled else ""


def rules_alias(type_name: TypeName) -> str:
    """Return the name under which the rules of a type's package are imported: ``acme_protos_x_v1_rules``."""
    return f"{module_alias(type_name.module)}_rules"


def _function(message: Message, rules: Rules, local: Names, bodies: _Bodies) -> CheckFunction:
    name = message.type_name.full_name
    class_name = local(message.type_name)
    return CheckFunction(
        name=check_name(class_name),
        message=class_name,
        full_name=name,
        lines=tuple(bodies.of(rules.messages[name], names.constant(class_name))),
        cel=name in rules.cel,
    )


@dataclass(slots=True)
class _Bodies:
    rules: Rules
    types: dict[str, TypeName]
    names: Names
    constants: dict[str, str]
    _prefix: str = field(default="", init=False)

    def of(self, message: MessageRules, prefix: str) -> Iterator[str]:
        lines: list[str] = []
        for exclusive in message.exclusive:
            lines += _exclusive(exclusive)
        for oneof in message.oneofs:
            lines += _oneof(oneof)
        for one in message.fields:
            self._prefix = f"_{prefix}_{one.name.upper()}"
            lines += self._field(one)
        if any("now" in line.replace("(", " ").replace(")", " ").split() for line in lines):
            yield "now = time_ns()" if self.rules.exact_times else "now = datetime.now(UTC)"
        yield from lines

    def _field(self, one: RuledField) -> list[str]:
        rules, value = one.rules, f"message.{one.python_name}"
        if rules.ignore is Ignore.ALWAYS:
            return []
        body = self._contents(one, value)
        if rules.required:
            lines = _if(_unset(one), _found(repr(one.name), "required", "is required"))
            return lines + _else(body)
        zero = rules.ignore is Ignore.IF_ZERO_VALUE or one.optional_together
        return _if(_set(one), body) if body and (one.presence or zero) else body

    def _contents(self, one: RuledField, value: str) -> list[str]:
        path = repr(one.name)
        if one.shape is Shape.SINGLE:
            return self._value(one.rules, one.value, value, path)
        lines = self._checks(_CONTAINERS[one.shape], one.rules, one.value, value, path)
        if one.shape is Shape.LIST:
            item = f"{one.python_name}_item"
            inner = self._inner(one.rules.items, one.value, item, f'f"{one.name}[{{index}}]"', "_ITEMS")
            return lines + _block(f"for index, {item} in enumerate({value}):", inner)
        assert one.key is not None
        key, entry = f"{one.python_name}_key", f"{one.python_name}_value"
        at = f'f"{one.name}[{{shown_key({key})}}]"'
        inner = self._inner(one.rules.keys, one.key, key, at, "_KEYS")
        inner += self._inner(one.rules.entries, one.value, entry, at, "_VALUES")
        used = any(key in line for line in inner), any(entry in line for line in inner)
        return lines + _block(f"for {key}, {entry if used[1] else '_'} in {value}.items():", inner)

    def _inner(
        self, rules: ValueRules | None, type_: ValueType, value: str, path: str, suffix: str
    ) -> list[str]:
        rules = rules or _NONE
        if rules.ignore is Ignore.ALWAYS:
            return []
        before, self._prefix = self._prefix, self._prefix + suffix
        lines = self._value(rules, type_, value, path)
        self._prefix = before
        by_zero = rules.ignore is Ignore.IF_ZERO_VALUE and not type_.message
        return _if(_not_zero(type_, value), lines) if by_zero and lines else lines

    def _value(self, rules: ValueRules, type_: ValueType, value: str, path: str) -> list[str]:
        lines = self._checks(type_.kind, rules, type_, value, path)
        if type_.message in self.rules.ruled:
            function = check_name(self.names(self.types[type_.message]))
            lines += _if(f"bad := {function}({value})", [f"found += inside({path}, bad)"])
        return lines

    def _checks(self, kind: str, rules: ValueRules, type_: ValueType, value: str, path: str) -> list[str]:
        lines: list[str] = []
        if self.rules.exact_times and kind in _TIMES:
            value = f"nanos_of({value})"
        for check in checks(kind, rules.rules, type_, value, self._constant):
            lines += _if(check.broken, _found(path, check.rule, check.message))
        return lines

    def _constant(self, rule: str, source: str) -> str:
        name = f"{self._prefix}_{rule.upper()}"
        self.constants[name] = source
        return name


def _exclusive(rule: ExclusiveFields) -> list[str]:
    listed = ", ".join(one.name for one in rule.fields)
    given = [_set(one) if one.presence else f"bool({_set(one)})" for one in rule.fields]
    lines = [f"given = {' + '.join(f'({one})' if ' ' in one else one for one in given)}"]
    lines += _if("given > 1", _found('""', "message.oneof", f"only one of {listed} can be set"))
    if rule.required:
        lines += _if("not given", _found('""', "message.oneof", f"one of {listed} must be set"))
    return lines


def _oneof(rule: RequiredOneof) -> list[str]:
    unset = " and ".join(f"message.{one.python_name} is None" for one in rule.fields)
    listed = ", ".join(one.name for one in rule.fields)
    return _if(unset, _found(repr(rule.name), "required", f"exactly one of {listed} must be set"))


def _set(one: RuledField) -> str:
    value = f"message.{one.python_name}"
    if one.presence:
        return f"{value} is not None"
    return value if one.shape is not Shape.SINGLE else _not_zero(one.value, value)


def _unset(one: RuledField) -> str:
    return f"message.{one.python_name} is None" if one.presence else f"not {_set(one)}"


def _not_zero(type_: ValueType, value: str) -> str:
    # A negative zero is written, so it is there.
    return f"is_set({value})" if type_.kind in _FLOATS else value


def _found(path: str, rule: str, message: str) -> list[str]:
    return [f"found.append(Violation({path}, {rule!r}, {message!r}))"]


def _if(condition: str, body: list[str]) -> list[str]:
    return _block(f"if {condition}:", body)


def _else(body: list[str]) -> list[str]:
    if body and body[0].startswith("if ") and all(line.startswith(" ") for line in body[1:]):
        return [f"el{body[0]}", *body[1:]]
    return _block("else:", body)


def _block(head: str, body: list[str]) -> list[str]:
    return [head, *(f"    {line}" for line in body)] if body else []
