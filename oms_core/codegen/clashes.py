"""Declarations that would come out under one Python name, refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from oms_core.codegen.model import Package
from oms_core.codegen.problems import Problems
from oms_core.errors import GenerateError

Named = tuple[str, str]
"""A Python name with the full name of the declaration that it comes from."""


def refuse_clashes(package: Package, problems: Problems) -> None:
    """Keep a problem for each class, method and hook whose Python name another one has already."""
    _refuse(_classes(package), problems)
    for service in package.services:
        methods = [(m.python_name, f"{service.full_name}.{m.name}") for m in service.methods]
        _refuse(_with_locators(methods, dict(service.locators)), problems)
    for hooks in package.hook_services:
        _refuse(((h.python_name, f"{hooks.full_name}.{h.name}") for h in hooks.hooks), problems)


def _classes(package: Package) -> Iterator[Named]:
    for type_name in (*(m.type_name for m in package.messages), *(e.type_name for e in package.enums)):
        yield type_name.python_name, type_name.full_name
    for service in package.services:
        yield service.base, service.full_name
        yield service.client, service.full_name
    for hooks in package.hook_services:
        for name in (hooks.name, hooks.caller, hooks.proxy, hooks.spec):
            yield name, hooks.full_name


def _with_locators(methods: Iterable[Named], locators: dict[str, str]) -> Iterator[Named]:
    for python_name, full_name in methods:
        yield python_name, full_name
        if python_name in locators:
            yield python_name, f"the resource {locators[python_name]}"


def _refuse(named: Iterable[Named], problems: Problems) -> None:
    taken: dict[str, str] = {}
    for python_name, full_name in named:
        first = taken.setdefault(python_name, full_name)
        if first != full_name:
            declared, other = (first, full_name) if " " in full_name else (full_name, first)
            with problems.at(declared):
                raise GenerateError(
                    "NAME_CLASH",
                    f"{declared}: it is called {python_name} in Python, and so is {other}.",
                    hint="Write another name for one of them.",
                )
