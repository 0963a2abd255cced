"""One method of one service as it is served: the one pipeline behind HTTP, gRPC and local calls.

::

    context → deadline → permission → the request's rules → claim of the idempotency key
            → the service's method → answer
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Generic, Protocol

from oms_core.calls.admission import Admission
from oms_core.calls.deadline import Deadline
from oms_core.calls.intake import Intake
from oms_core.context import Context, use
from oms_wire.errors import Internal, InvalidArgument, RpcError
from oms_wire.method import A, Idempotency, Method, Q, Scope
from oms_wire.rules import refusal

logger = logging.getLogger(__name__)


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
    """A method bound to the service that answers it and to the rules that guard it.

    Without an ``admission`` everybody may call it; without ``claims`` idempotency keys are not kept. The
    ``intake`` may turn callers from outside away for a while.
    """

    __slots__ = ("_admission", "_check", "_claims", "_handle", "_intake", "method", "plugin")

    def __init__(
        self,
        method: Method[Q, A],
        handle: Callable[[Q], Awaitable[A]],
        *,
        plugin: str,
        admission: Admission[Q] | None = None,
        claims: AnswerOnce | None = None,
        intake: Intake | None = None,
    ) -> None:
        self.method = method
        self.plugin = plugin
        self._handle = handle
        self._check = method.check
        self._intake = intake or Intake()
        self._admission = None if method.access.scope is Scope.PUBLIC else admission
        self._claims = claims if method.idempotency is Idempotency.KEYED else None

    async def serve(
        self, request: Q, context: Context, *, key: str | None = None, trusted: bool = False
    ) -> A:
        """Return the service's answer in ``context``; raises RpcError and nothing else but cancellation.

        ``trusted`` is for a plugin that was allowed to call this service when it was loaded: the
        principal's permission was checked where the call came in.
        """
        with use(context), Deadline(context.remaining, self.method.full_name):
            try:
                if not trusted:
                    self._intake.admit(self.method.idempotency)
                    if self._admission is not None:
                        await self._admission.authorise(request, context)
                if self._check is not None and (broken := self._check(request)):
                    raise refusal(broken)
                if self._claims is not None:
                    return await self._once(self._claims, request, context, key)
                return await self._handle(request)
            except RpcError:
                raise
            except Exception as error:
                raise failed(self.method.full_name, context) from error

    async def _once(self, claims: AnswerOnce, request: Q, context: Context, key: str | None) -> A:
        if not key:
            raise InvalidArgument(
                "IDEMPOTENCY_KEY_REQUIRED",
                f"{self.method.full_name} changes state: send an idempotency key (Idempotency-Key header or "
                "idempotency-key metadata), the same one with every retry",
            )
        return await claims.once(
            self.method, request, self._handle, plugin=self.plugin, key=key, context=context
        )


def failed(method: str, context: Context) -> Internal:
    """Log the exception that is being handled and return what the caller is told of it."""
    logger.exception("%s failed (trace %s)", method, context.trace)
    return Internal("INTERNAL", f"{method} failed; ask the operator for trace {context.trace}")
