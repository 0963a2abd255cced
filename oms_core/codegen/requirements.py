"""Fields that need a permission of their own: read from the contract, refused where nobody would check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

from oms_core.codegen.model import FieldAccess, Message, Package, Requirement
from oms_core.codegen.problems import Problems
from oms_core.codegen.source import OPTIONS_PACKAGE
from oms_core.errors import GenerateError

_OPTION = f"({OPTIONS_PACKAGE}.requires)"


def requirement(option: Any, field: str) -> Requirement | None:
    """Return what the option on a field says, by its full name; raises GenerateError for half of it."""
    if option is None:
        return None
    if not option.name:
        raise _error(f"{field}: the permission of {_OPTION} has no name", hint='Write { name: "a.b.c" }.')
    if option.WhichOneof("at"):
        raise _error(
            f"{field}: {_OPTION} says where the permission must be held",
            hint="Leave it out: it is held where the method's own permission is.",
        )
    return Requirement(option.name, tuple(option.roles))


def field_accesses(request: Message) -> tuple[FieldAccess, ...]:
    """Return what a caller of a method with this request needs besides the method's own permission."""
    return tuple(
        FieldAccess(field.python_name, field.requires.permission, field.requires.roles, field.presence)
        for field in request.fields
        if field.requires
    )


def refuse_unchecked(
    packages: Iterable[Package], messages: Mapping[str, Message], requests: Set[str], problems: Problems
) -> None:
    """Keep a problem for a requirement that no endpoint sees: it looks at requests, not into them.

    ``requests`` are the full names of those that the contract declares.
    """
    holders = {
        field.type_name.full_name: f"{name}.{field.name}"
        for name, message in messages.items()
        for field in message.fields
        if field.type_name
    }
    for package in packages:
        for message in package.messages:
            name = message.type_name.full_name
            where = (
                "is no method's request" if name not in requests else f"is also inside {holders.get(name)}"
            )
            for field in message.fields:
                if field.requires and (name not in requests or name in holders):
                    with problems.at(f"{name}.{field.name}", option=f"{OPTIONS_PACKAGE}.requires"):
                        raise _error(
                            f"{name}.{field.name}: {_OPTION} has no effect here, because {name} {where}",
                            hint="Put it on a field of a request message that is used for nothing else.",
                        )


def _error(problem: str, *, hint: str) -> GenerateError:
    return GenerateError("UNSUPPORTED_CONTRACT", f"{problem}.", hint=hint)
