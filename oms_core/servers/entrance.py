"""From what a caller sends beside the message to the context of the call; the same for every protocol."""

from __future__ import annotations

import os
import re
import time

from oms_core.auth import ServiceVerifier, Verifier
from oms_core.auth.tokens import LEEWAY
from oms_core.context import ANONYMOUS, DEFAULT_TIMEOUT, STREAM_TIMEOUT, Context
from oms_wire.errors import Unauthenticated

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._\-]{1,64}")
_NO_TRACE = "0" * 32


class Entrance:
    """Turns a bearer token, a timeout and a trace into a Context.

    Without ``services`` no call of another process of the same system is believed.
    """

    def __init__(self, verifier: Verifier, services: ServiceVerifier | None = None) -> None:
        self._verify = verifier.verify
        self._services = services

    def vouched(self, token: str, *, plugin: str, timeout: float | None, trace: str, locale: str) -> Context:
        """Return the context of a call to ``plugin`` that another process vouches for.

        It has an actor when a plugin makes the call, who is trusted as he is in one process; without one
        it was passed on for somebody outside. Raises Unauthenticated.
        """
        if self._services is None:
            raise Unauthenticated("SERVICE_TOKEN_INVALID", "no service tokens are taken here")
        voucher = self._services.verify(token, plugin=plugin)
        seconds = STREAM_TIMEOUT if timeout is None else min(timeout, STREAM_TIMEOUT)
        deadline = time.monotonic() + seconds
        return Context(voucher.tenant, voucher.principal, voucher.actor, deadline, trace, locale)

    def context(
        self,
        authorization: str | None,
        *,
        timeout: float | None,
        trace: str,
        longest: float = DEFAULT_TIMEOUT,
    ) -> Context:
        """Return the call's context; raises Unauthenticated for a token that does not hold.

        Without a token the principal is anonymous: only public methods will answer. ``timeout`` is in
        seconds and only shortens ``longest``. No call outlives its token.
        """
        seconds = longest if timeout is None else min(timeout, longest)
        deadline = time.monotonic() + seconds
        if authorization is None:
            return Context("", ANONYMOUS, "", deadline, trace)
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated(
                "TOKEN_INVALID", "only bearer tokens are taken: Authorization: Bearer <token>"
            )
        caller = self._verify(token.strip())
        if longest > LEEWAY:  # a shorter call is over before it matters
            deadline = min(deadline, time.monotonic() + caller.expires_at + LEEWAY - time.time())
        return Context(caller.tenant, caller.principal, "", deadline, trace)


def trace_of(traceparent: str | None, request_id: str | None) -> str:
    """Return the trace id of a W3C ``traceparent``, else a well-formed request id, else a fresh trace id."""
    if traceparent is not None:
        match = _TRACEPARENT.fullmatch(traceparent)
        if match is not None and match[1] != _NO_TRACE:
            return match[1]
    if request_id is not None and _REQUEST_ID.fullmatch(request_id):
        return request_id
    return os.urandom(16).hex()
