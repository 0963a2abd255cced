"""Who and what comes to a method: the permission, where it is held, and the rules of the request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Generic

from oms_core.auth import Authoriser
from oms_core.auth.authoriser import require_principal
from oms_core.context import Context
from oms_wire.errors import FieldViolation, InvalidArgument, PermissionDenied
from oms_wire.method import A, Access, FieldAccess, Method, Q

_MAX_NODE = 100

Locate = Callable[[str], Awaitable[str]]
"""Returns the node that a resource belongs to; raises NotFound."""


class Admission(Generic[Q]):
    """Holds what a caller may do against what one method asks for."""

    __slots__ = ("_access", "_authoriser", "_field", "_fields", "_locate")

    def __init__(self, method: Method[Q, A], authoriser: Authoriser, *, locate: Locate | None = None) -> None:
        self._access = method.access
        self._authoriser = authoriser
        self._locate = locate
        self._field = method.access.field
        self._fields = [(one, _access_to(one, method.access)) for one in method.access.fields]

    @property
    def is_placed(self) -> bool:
        """Whether it depends on the request where the permission has to be held."""
        return bool(self._field)

    @property
    def guards_fields(self) -> bool:
        """Whether it depends on the request which permissions have to be held."""
        return bool(self._fields)

    def place_of(self, request: Q) -> str:
        """Return what the request says about where: the same place needs no second look."""
        return str(getattr(request, self._field)) if self._field else ""

    async def authorise(self, request: Q, context: Context) -> None:
        """Return if the caller may send this request; raises RpcError."""
        require_principal(context)  # before a resource is looked up for nobody
        node = await self._node(request)
        await self._authoriser.authorise(self._access, context, node)
        if self._fields:
            await self._authorise_fields(request, context, node)

    async def authorise_place(self, context: Context) -> None:
        """Return if the caller may call a method that is not placed, before there is a request."""
        await self._authoriser.authorise(self._access, context)

    async def _node(self, request: Q) -> str:
        node = self._named(request) if self._field else ""
        return node if self._locate is None else await self._locate(node)

    async def _authorise_fields(self, request: Q, context: Context, node: str) -> None:
        for field, access in self._fields:
            if field.is_set(request):
                try:
                    await self._authoriser.authorise(access, context, node)
                except PermissionDenied as denied:
                    problem = f"needs {field.permission}"
                    raise PermissionDenied(
                        denied.code,
                        f"{field.field} may not be set: {denied.message}",
                        violations=[FieldViolation(field.field, problem)],
                        details=denied.details,
                    ) from None

    def _named(self, request: Q) -> str:
        """Return the id that says where; raises InvalidArgument if there is none, or never was such an id."""
        value = getattr(request, self._field)
        if isinstance(value, str) and 0 < len(value) <= _MAX_NODE and value.isprintable():
            return value
        problem = f"must be an id of at most {_MAX_NODE} characters" if value else "is required"
        raise InvalidArgument(
            "INVALID_FIELD",
            f"{self._field} {problem}",
            violations=[FieldViolation(self._field, problem)],
        )


def _access_to(field: FieldAccess, method: Access) -> Access:
    """Return who may set a field of a method's request: its own permission, at the method's place."""
    return replace(method, permission=field.permission, roles=field.roles, fields=())
