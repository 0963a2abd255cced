"""The contract model to Python modules, not yet formatted."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from oms_core.codegen.backends import Backend
from oms_core.codegen.binary_expressions import BinaryExpressions
from oms_core.codegen.expressions import Expressions
from oms_core.codegen.http_expressions import HttpExpressions, has_plain_query, is_direct, types_used
from oms_core.codegen.imports import Import, Names, names_constant
from oms_core.codegen.json_expressions import JsonExpressions
from oms_core.codegen.model import Capture, Field, HttpBinding, Kind, Method, Package, Service, TypeName
from oms_core.codegen.render_rules import entry_check, rules_alias, rules_context
from oms_core.codegen.render_streams import stream_types
from oms_core.codegen.rendering_environment import environment

_ROUTES_OWN = {"Any", "Mapping", "Query", "Route", "Sequence"}
_SERVICES_OWN = {"Access", "Any", "AsyncGenerator", "AsyncIterable", "AsyncIterator", "ClassVar", "Client"}
_SERVICES_OWN |= {"Cursor", "Deprecation", "FieldAccess", "Idempotency", "Method", "Scope", "Service"}
_SERVICES_OWN |= {"Streaming"}


@dataclass(frozen=True, slots=True)
class RouteEntry:
    """One binding with the method that it leads to, and the name of its binder."""

    service: Service
    method: Method
    binding: HttpBinding
    binder: str

    @property
    def is_whole(self) -> bool:
        """Whether the body is the whole request."""
        return self.binding.has_body and self.binding.body is None

    @property
    def has_plain_query(self) -> bool:
        """Whether the query's fields are arguments of the request's constructor."""
        return not self.is_whole and has_plain_query(self.binding)

    @property
    def arguments(self) -> tuple[Capture, ...]:
        """The variables of the path that are arguments of the request's constructor."""
        direct = tuple(capture for capture in self.binding.captures if is_direct(capture))
        return direct if self.has_plain_query else ()

    @property
    def assigned(self) -> tuple[Capture, ...]:
        """The variables that are set in the request afterwards."""
        return tuple(capture for capture in self.binding.captures if capture not in self.arguments)

    @property
    def at_once(self) -> bool:
        """Whether the request is nothing but what its constructor makes."""
        return self.has_plain_query and not self.assigned and self.binding.body is None


def modules(package: Package, backend: Backend, targets: Collection[str]) -> Iterator[tuple[str, str]]:
    """Give the name and source of each module that ``targets`` ask for; ``backend`` makes the classes."""
    if "messages" not in targets:
        return
    values: dict[str, dict[str, object]] = {
        "__init__": _init(package, targets),
        "wire": _wire(package),
        "messages": {"backend": backend, **_messages(package)},
    }
    if package.services and "services" in targets:
        values["services"] = _services(package)
    if package.services and "routes" in targets:
        values["routes"] = _routes(package, _route_entries(package))
    if any(m.type_name.full_name in package.rules.ruled | package.rules.cel for m in package.messages):
        values["rules"] = rules_context(package)
    if package.hook_services and "hooks" in targets:
        values["hooks"] = _hooks(package)
    env = environment()
    for name, context in values.items():
        template = env.get_template(f"{name}.py.jinja")
        yield f"{name}.py", template.render(package=package, sources=", ".join(package.files), **context)


def _init(package: Package, targets: Collection[str]) -> dict[str, object]:
    served = package.services if "services" in targets else ()
    asked = package.hook_services if "hooks" in targets else ()
    types = [type_name.python_name for type_name in _own(package)]
    classes = [name for service in served for name in (service.base, service.client)]
    hooks = [name for service in asked for name in (service.name, service.caller, service.proxy)]
    return {"messages": sorted(types), "services": sorted(classes), "hooks": sorted(hooks)}


def _wire(package: Package) -> dict[str, object]:
    names = _type_names(package)
    used = {f.type_name.module for f in _fields(package) if f.type_name and f.has_class}
    json = JsonExpressions(Expressions(package.module, names))
    return {"json": json, "wire_modules": sorted(used - {package.module})}


def _messages(package: Package) -> dict[str, object]:
    names = _type_names(package)
    enums = {f.type_name for f in _fields(package) if f.type_name and f.kind is Kind.ENUM}
    lines = [str(line) for line in names.imports("messages")]
    for type_name in names.foreign:
        if type_name in enums:
            constants = names_constant(type_name.python_name), names_constant(names(type_name))
            lines.append(str(Import(f"{type_name.module}.messages", *constants)))
    exports = [e.type_name.python_name for e in package.enums]
    exports += [names_constant(name) for name in exports] + [
        m.type_name.python_name for m in package.messages
    ]
    x = Expressions(package.module, names)
    codecs = {"binary": BinaryExpressions(x), "json": JsonExpressions(x)}
    return {"x": x, "imports": lines, "exports": sorted(exports), **codecs}


def _services(package: Package) -> dict[str, object]:
    used = {name for method in package.methods for name in (method.request, method.response)}
    names = Names(f"{package.module}.services", (), used, reserved=_SERVICES_OWN)
    requests = {method.request for method in package.methods}
    checks = {name: check for name in requests if (check := entry_check(name, package.rules))}
    lines = [str(line) for line in names.imports("messages")]
    lines += sorted({f"from {name.module} import rules as {rules_alias(name)}" for name in checks})
    return {"names": names, "imports": lines, "checks": checks, "streams": stream_types(package.methods)}


def _hooks(package: Package) -> dict[str, object]:
    hooks = [hook for service in package.hook_services for hook in service.hooks]
    names = Names(f"{package.module}.hooks", (), {t for hook in hooks for t in (hook.request, hook.response)})
    return {"names": names, "imports": names.imports("messages")}


def _routes(package: Package, routes: list[RouteEntry]) -> dict[str, object]:
    used = {route.method.request for route in routes}
    used |= {route.method.response for route in routes if route.binding.answer}
    used |= {f.type_name for r in routes for f in types_used(r.binding) if f.type_name}
    names = Names(f"{package.module}.routes", (), used, reserved=_ROUTES_OWN)
    lines = [str(line) for line in names.imports("messages")]
    lines += [
        f"from {package.module}.services import {base}" for base in sorted({r.service.base for r in routes})
    ]
    x = HttpExpressions(Expressions(package.module, names))
    return {"names": names, "imports": lines, "routes": routes, "x": x}


def _route_entries(package: Package) -> list[RouteEntry]:
    entries: list[RouteEntry] = []
    taken: set[str] = set()
    for service in package.services:
        for method in service.methods:
            for binding in method.bindings:
                stem = name = f"bind_{method.python_name}"
                number = 2
                while name in taken:
                    name, number = f"{stem}_{number}", number + 1
                taken.add(name)
                entries.append(RouteEntry(service, method, binding, name))
    return entries


def _type_names(package: Package) -> Names:
    return Names(package.module, _own(package), [f.type_name for f in _fields(package) if f.type_name])


def _own(package: Package) -> list[TypeName]:
    return [m.type_name for m in package.messages] + [e.type_name for e in package.enums]


def _fields(package: Package) -> list[Field]:
    return [field for message in package.messages for field in message.fields]
