"""Who may call what, who may set what, and what stays out of logs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, MethodDescriptorProto

from oms_core.codegen.breaking.finding import Finding
from oms_core.codegen.breaking.surface import Declared, Surface
from oms_core.codegen.source import OPTIONS_PACKAGE

_WIDTH = {"": 1, "platform": 2}  # node and resource: 0, held at a node below the tenant


@dataclass(frozen=True, slots=True)
class Guard:
    """What a caller needs; ``permission`` is empty where anybody may call."""

    permission: str = ""
    scope: str = ""
    field: str = ""
    roles: frozenset[str] = frozenset()

    def __str__(self) -> str:
        if not self.permission:
            return "open to anybody"
        where = {"": "the tenant", "platform": "the platform"}.get(self.scope, f"the node of {self.field}")
        return f"{self.permission} at {where}"


def changed_access(old: Surface, new: Surface) -> Iterator[Finding]:
    """Give permissions that are tighter or looser, and fields that are sensitive no more."""
    for name in old.methods.keys() & new.methods.keys():
        was, guard = guard_of(old, old.methods[name]), guard_of(new, new.methods[name])
        for tightened, message in _changes(was, guard):
            rule = "PERMISSION_TIGHTENED" if tightened else "PERMISSION_LOOSENED"
            yield new.methods[name].finding(rule, message)
    for key in old.fields.keys() & new.fields.keys():
        yield from _field(old, old.fields[key], new, new.fields[key])


def guard_of(surface: Surface, method: Declared[MethodDescriptorProto]) -> Guard:
    """Return what a caller of the method needs."""
    return _guard(surface.option(method, f"{OPTIONS_PACKAGE}.permission"))


def _guard(permission: Any) -> Guard:
    if permission is None:
        return Guard()
    scope = permission.WhichOneof("at") or ""
    field = getattr(permission, scope) if scope in {"node", "resource"} else ""
    return Guard(permission.name, scope, field, frozenset(permission.roles))


def _changes(was: Guard, guard: Guard) -> Iterator[tuple[bool, str]]:
    """Give each change with whether it tightens; another permission or node does both, and so breaks."""
    same = (guard.permission, guard.scope, guard.field) == (was.permission, was.scope, was.field)
    if not same:
        wider = _WIDTH.get(guard.scope, 0) < _WIDTH.get(was.scope, 0)
        looser = not guard.permission or (guard.permission == was.permission and wider)
        yield not looser, f"it was {was}, and is {guard}"
    if was.permission and guard.permission:
        for role in sorted(was.roles - guard.roles):
            yield True, f"the role {role} no longer has {guard.permission} by default"
        for role in sorted(guard.roles - was.roles):
            yield False, f"the role {role} has {guard.permission} by default now"


def _field(
    old: Surface, was: Declared[FieldDescriptorProto], new: Surface, field: Declared[FieldDescriptorProto]
) -> Iterator[Finding]:
    option = f"{OPTIONS_PACKAGE}.requires"
    for tightened, message in _changes(_guard(old.option(was, option)), _guard(new.option(field, option))):
        rule = "FIELD_ACCESS_TIGHTENED" if tightened else "FIELD_ACCESS_LOOSENED"
        yield field.finding(rule, f"to set {field.proto.name}: {message}")
    sensitive = f"{OPTIONS_PACKAGE}.sensitive"
    if old.option(was, sensitive) and not new.option(field, sensitive):
        yield field.finding("SENSITIVE_REMOVED", "it was sensitive, and may stand in logs now")
