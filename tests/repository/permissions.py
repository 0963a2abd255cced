"""The table of roles and permissions, as the contracts have it.

``python -m tests.repository.permissions`` brings docs/running.md up to date.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import oms_protos
from oms_wire.method import Method, Scope
from oms_wire.route import Route
from oms_wire.service import Service

PAGE = Path(__file__).parents[2] / "docs" / "running.md"
ROLES = ("operator", "owner", "manager", "cashier", "cook", "guest")
"""From the widest to the narrowest."""
CONTRACTS = ("identity", "menu", "orders", "kitchen")
"""In the line in which their plugins start."""
RUNTIME = {"directory"}
"""What only processes of the runtime call; no role holds its permissions."""
SECTION = re.compile(
    r"(?<=<!-- permissions: python -m tests\.repository\.permissions -->\n).*?(?=<!-- /)", re.S
)


def packages() -> Iterator[str]:
    """Return every first-party package that has services."""
    found = {
        path.parent.relative_to(folder).as_posix()
        for folder in map(Path, oms_protos.__path__)
        for path in folder.rglob("services.py")
    }
    found = {name for name in found if name.partition("/")[0] not in RUNTIME}
    assert {name.partition("/")[0] for name in found} == set(CONTRACTS), "name the new contract in CONTRACTS"
    for name in sorted(found, key=lambda name: CONTRACTS.index(name.partition("/")[0])):
        yield f"oms_protos.{name.replace('/', '.')}"


def routes() -> Iterator[Route[Any, Any]]:
    """Return every REST route of the first-party contracts."""
    for package in packages():
        yield from import_module(f"{package}.routes").ROUTES


def methods() -> Iterator[Method[Any, Any]]:
    """Return every method of the first-party contracts."""
    for package in packages():
        for kind in vars(import_module(f"{package}.services")).values():
            if isinstance(kind, type) and issubclass(kind, Service) and kind is not Service:
                yield from kind.METHODS


def table() -> str:
    """Return the table in Markdown."""
    rows = [f"| Permission | Held at | {' | '.join(ROLES)} |", "|---|---|" + ":-:|" * len(ROLES)]
    for method in methods():
        place = _place(method)
        rows.append(_row(method.access.permission, place, method.access.roles))
        rows += [
            _row(one.permission, f"{place}, to set `{one.field}`", one.roles) for one in method.access.fields
        ]
    # Several methods may ask for one permission.
    return "\n".join(dict.fromkeys(rows)) + "\n"


def _row(permission: str, place: str, roles: Collection[str]) -> str:
    unknown = set(roles) - set(ROLES)
    assert not unknown, f"{permission}: name {unknown} in ROLES"
    marks = " | ".join("●" if role in roles else "" for role in ROLES)
    return f"| `{permission}` | {place} | {marks} |"


def _place(method: Method[Any, Any]) -> str:
    access = method.access
    return {
        Scope.PLATFORM: "the platform",
        Scope.TENANT: "the chain",
        Scope.NODE: f"`{access.field}`",
        Scope.RESOURCE: f"the node of `{access.field}`",
        Scope.PUBLIC: "nobody is asked",
    }[access.scope]


if __name__ == "__main__":
    PAGE.write_text(SECTION.sub(lambda _: table(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
