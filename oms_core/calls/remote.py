"""Calls to a plugin in another process: the same clients, the same errors, the same circumstances.

A call goes over gRPC with what is left of its deadline, with a token in which this process vouches for the
principal and the plugin that acts for him, and with the trace. What fails on the way is told by the name of
the plugin; whether the call is sent again is the channel's business, and by the contract alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable

import grpc.aio

from oms_core.calls.handover import HandoverLog
from oms_core.context import Context, current
from oms_core.errors import PluginError
from oms_core.storage import in_transaction
from oms_wire.errors import Cancelled, DeadlineExceeded, RpcError, Unavailable, Unimplemented
from oms_wire.grpcio import GrpcChannel
from oms_wire.hook_proxy import PLUGIN
from oms_wire.method import A, Method, Q

SERVICE_TOKEN = "oms-service-token"  # noqa: S105 - a name, no secret
LOCALE = "oms-locale"
"""Metadata that only processes of one system send each other."""

Vouch = Callable[[Context, str], str]
"""Returns a token for a call in this context to the plugin of that name."""

_W3C = re.compile(r"[0-9a-f]{32}")
_BROKEN = re.compile(r"RST_STREAM|Stream removed|GOAWAY|Socket closed", re.I)
"""What gRPC says, as INTERNAL or UNKNOWN, of a stream that lost its connection."""


class RemoteChannel:
    """What clients call ``plugin`` through, which another process serves.

    ``actor`` is the plugin whose clients these are; None: whoever acts in the current context, as a question
    and a call that is passed on do. Raises RpcError, and PluginError for a call inside a transaction.
    """

    __slots__ = ("_actor", "_carrier", "_handovers", "_plugin", "_vouch")

    def __init__(
        self,
        channel: grpc.aio.Channel,
        *,
        plugin: str,
        vouch: Vouch,
        actor: str | None = None,
        handovers: HandoverLog | None = None,
    ) -> None:
        self._carrier = GrpcChannel(channel)
        self._plugin = plugin
        self._vouch = vouch
        self._actor = actor
        self._handovers = handovers

    async def unary(
        self,
        method: Method[Q, A],
        request: Q,
        /,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - Channel's signature
    ) -> A:
        """Return the answer to one request."""
        context = self._entered(method, timeout)
        handed = None
        if self._handovers is not None:
            handed = self._handovers.seal(
                request, giver=context.actor, taker=self._plugin, method=method.full_name
            )
        answer = await self._told(
            method,
            self._carrier.unary(
                method,
                request,
                idempotency_key=idempotency_key,
                timeout=context.remaining,
                metadata=self._metadata(context),
            ),
        )
        if handed is not None:
            handed.check()
        return answer

    def unary_stream(
        self, method: Method[Q, A], request: Q, /, *, timeout: float | None = None
    ) -> AsyncGenerator[A, None]:
        """Give the answers to one request."""
        context = self._entered(method, timeout)
        beside = self._metadata(context)
        return self._answers(
            method, self._carrier.unary_stream(method, request, timeout=context.remaining, metadata=beside)
        )

    async def stream_unary(
        self,
        method: Method[Q, A],
        requests: AsyncIterable[Q],
        /,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - Channel's signature
    ) -> A:
        """Return the answer to all requests."""
        context = self._entered(method, timeout)
        beside = self._metadata(context)
        return await self._told(
            method, self._carrier.stream_unary(method, requests, timeout=context.remaining, metadata=beside)
        )

    def stream_stream(
        self, method: Method[Q, A], requests: AsyncIterable[Q], /, *, timeout: float | None = None
    ) -> AsyncGenerator[A, None]:
        """Give answers while the requests are sent."""
        context = self._entered(method, timeout)
        beside = self._metadata(context)
        return self._answers(
            method, self._carrier.stream_stream(method, requests, timeout=context.remaining, metadata=beside)
        )

    def _entered(self, method: Method[Q, A], seconds: float | None) -> Context:
        if in_transaction():
            raise PluginError(
                "CALL_IN_TRANSACTION",
                f"plugin {self._actor or current().actor!r} called {method.full_name} inside a transaction",
                hint="call first, then open one short transaction for what the answers lead to",
            )
        context = current()
        if self._actor is not None:
            context = context.acting(self._actor)
        if seconds is not None:
            context = context.within(seconds)
        if context.remaining <= 0:
            raise _late(method)
        return context

    def _metadata(self, context: Context) -> list[tuple[str, str]]:
        beside = [
            (SERVICE_TOKEN, self._vouch(context, self._plugin)),
            (PLUGIN, self._plugin),
            (LOCALE, context.locale),
        ]
        if _W3C.fullmatch(context.trace):
            beside.append(("traceparent", f"00-{context.trace}-{os.urandom(8).hex()}-01"))
        else:
            beside.append(("x-request-id", context.trace))
        return beside

    async def _told(self, method: Method[Q, A], answer: Awaitable[A]) -> A:
        try:
            return await answer
        except RpcError as error:
            raise self._named(method, error) from None

    async def _answers(
        self, method: Method[Q, A], answers: AsyncGenerator[A, None]
    ) -> AsyncGenerator[A, None]:
        try:
            async for answer in answers:
                yield answer
        except RpcError as error:
            raise self._named(method, error) from None
        finally:
            await answers.aclose()

    def _named(self, method: Method[Q, A], error: RpcError) -> RpcError:
        """Return what the caller is told: by name, where no plugin but the way itself has failed."""
        if error.code != error.status:
            return error
        # A server that goes cancels what it did not finish, and a connection that breaks resets its streams.
        if isinstance(error, Unavailable | Cancelled) or _BROKEN.search(error.message):
            return Unavailable(
                "PLUGIN_UNREACHABLE",
                f"plugin {self._plugin!r}, which runs in another process, does not answer: {error.message}",
                retry_after=1.0,
                details={"plugin": self._plugin},
            )
        if isinstance(error, DeadlineExceeded):
            return _late(method)
        if isinstance(error, Unimplemented):
            return Unimplemented(
                "METHOD_NOT_SERVED",
                f"{method.full_name} is not served where plugin {self._plugin!r} is: "
                "another version of it runs there",
            )
        return error


def _late(method: Method[Q, A]) -> DeadlineExceeded:
    return DeadlineExceeded(
        "DEADLINE_EXCEEDED",
        f"{method.full_name} had no answer in time; it may or may not have had its effect",
    )
