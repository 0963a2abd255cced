"""Who may call what, as a table for programs: audits, gateways, and whoever hands out roles."""

from __future__ import annotations

import json
from collections.abc import Iterator

from oms_core.codegen.model import Method, Package, Service

Json = dict[str, object]


def document(package: Package) -> str:
    """Return the table as JSON text: every method with what it needs, every permission with its roles."""
    methods = [(service, method) for service in package.services for method in service.methods]
    permissions: dict[str, set[str]] = {}
    for _, method in methods:
        for name, roles in _needed(method):
            permissions.setdefault(name, set()).update(roles)
    result: Json = {
        "package": package.name,
        "generated": f"by protoc-gen-oms from {', '.join(package.files)}; do not edit",
        "methods": [_row(service, method) for service, method in methods],
        "permissions": {name: {"roles": sorted(roles)} for name, roles in sorted(permissions.items())},
    }
    return json.dumps(result, indent=2, ensure_ascii=False) + "\n"


def _needed(method: Method) -> Iterator[tuple[str, tuple[str, ...]]]:
    if method.access.permission:
        yield method.access.permission, method.access.roles
    for field in method.access.fields:
        yield field.permission, field.roles


def _row(service: Service, method: Method) -> Json:
    access = method.access
    return {
        "method": f"{service.full_name}/{method.name}",
        "routes": [f"{binding.http_method} {binding.template}" for binding in method.bindings],
        "public": access.scope == "PUBLIC",
        "permission": access.permission,
        "scope": access.scope,
        "field": access.field,
        "roles": list(access.roles),
        "fields": [
            {"field": one.field, "permission": one.permission, "roles": list(one.roles)}
            for one in access.fields
        ],
    }
