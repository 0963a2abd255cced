"""One method of one service as it is served: the one pipeline behind HTTP, gRPC and local calls.

::

    context → deadline → permission → the request's rules → claim of the idempotency key
            → the service's method → answer
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Generic, Protocol

from oms_core.auth import Authoriser
from oms_core.auth.authoriser import require_principal
from oms_core.calls.deadline import Deadline
from oms_core.context import Context, use
from oms_wire.errors import FieldViolation, Internal, InvalidArgument, PermissionDenied, RpcError
from oms_wire.method import A, Access, FieldAccess, Idempotency, Method, Q, Scope
from oms_wire.rules import refusal

logger = logging.getLogger(__name__)

_MAX_NODE = 100


class AnswerOnce(Protocol):
    """Gives one key one effect and one answer."""

    async def once(
        self,
        method: Method[Q, A],
        request: Q,
        handle: Callable[[Q], Awaitable[A]],
        /,
        *,
        plugin: str,
        key: str,
        context: Context,
    ) -> A:
        """Return the answer of the first call with this key: from ``handle``, or as it was stored."""


class Endpoint(Generic[Q, A]):
    """A method bound to the service that answers it and to the rules that guard it."""

    __slots__ = (
        "_authoriser",
        "_check",
        "_claims",
        "_field",
        "_fields",
        "_guarded",
        "_handle",
        "_keyed",
        "_locate",
        "method",
        "plugin",
    )

    def __init__(
        self,
        method: Method[Q, A],
        handle: Callable[[Q], Awaitable[A]],
        *,
        plugin: str,
        authoriser: Authoriser,
        claims: AnswerOnce,
        locate: Callable[[str], Awaitable[str]] | None = None,
    ) -> None:
        self.method = method
        self.plugin = plugin
        self._handle = handle
        self._locate = locate
        self._authoriser = authoriser
        self._claims = claims
        self._check = method.check
        self._guarded = method.access.scope is not Scope.PUBLIC
        self._keyed = method.idempotency is Idempotency.KEYED
        self._field = method.access.field
        self._fields = [(one, _access_to(one, method.access)) for one in method.access.fields]

    async def serve(
        self, request: Q, context: Context, *, key: str | None = None, trusted: bool = False
    ) -> A:
        """Return the service's answer in ``context``; raises RpcError and nothing else but cancellation.

        ``trusted`` is for a plugin that was allowed to call this service when it was loaded: the
        principal's permission was checked where the call came in.
        """
        with use(context), Deadline(context.remaining, self.method.full_name):
            try:
                if self._guarded and not trusted:
                    await self._authorise(request, context)
                if self._check is not None and (broken := self._check(request)):
                    raise refusal(broken)
                if self._keyed:
                    return await self._once(request, context, key)
                return await self._handle(request)
            except RpcError:
                raise
            except Exception as error:
                logger.exception("%s failed (trace %s)", self.method.full_name, context.trace)
                raise Internal(
                    "INTERNAL", f"{self.method.full_name} failed; ask the operator for trace {context.trace}"
                ) from error

    async def _authorise(self, request: Q, context: Context) -> None:
        require_principal(context)  # before a resource is looked up for nobody
        node = self._named(request) if self._field else ""
        if self._locate is not None:
            node = await self._locate(node)
        await self._authoriser.authorise(self.method.access, context, node)
        if self._fields:
            await self._authorise_fields(request, context, node)

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

    async def _once(self, request: Q, context: Context, key: str | None) -> A:
        if not key:
            raise InvalidArgument(
                "IDEMPOTENCY_KEY_REQUIRED",
                f"{self.method.full_name} changes state: send an idempotency key (Idempotency-Key header or "
                "idempotency-key metadata), the same one with every retry",
            )
        return await self._claims.once(
            self.method, request, self._handle, plugin=self.plugin, key=key, context=context
        )


def _access_to(field: FieldAccess, method: Access) -> Access:
    """Return who may set a field of a method's request: its own permission, at the method's place."""
    return replace(method, permission=field.permission, roles=field.roles, fields=())
