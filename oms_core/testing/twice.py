"""Calls of tests over gRPC: each that may be repeated is sent twice, as after an answer that was lost."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass
from datetime import timedelta

import grpc.aio

from oms_core.auth import Issuer
from oms_core.context import DEFAULT_TIMEOUT, Principal
from oms_core.ids import new_id
from oms_wire.grpcio import GrpcChannel
from oms_wire.method import A, Idempotency, Method, Q
from oms_wire.service import Channel


@dataclass(frozen=True, slots=True)
class Twice:
    """Sends each unary call that does no harm a second time, and returns the second answer."""

    channel: Channel

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
        answer = await self.channel.unary(method, request, idempotency_key=idempotency_key, timeout=timeout)
        if method.idempotency is Idempotency.NONE:
            return answer
        return await self.channel.unary(method, request, idempotency_key=idempotency_key, timeout=timeout)

    def unary_stream(
        self, method: Method[Q, A], request: Q, /, *, timeout: float | None = None
    ) -> AsyncGenerator[A, None]:
        """Give the answers to one request."""
        return self.channel.unary_stream(method, request, timeout=timeout)

    async def stream_unary(
        self,
        method: Method[Q, A],
        requests: AsyncIterable[Q],
        /,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - Channel's signature
    ) -> A:
        """Return the answer to all requests."""
        return await self.channel.stream_unary(method, requests, timeout=timeout)

    def stream_stream(
        self, method: Method[Q, A], requests: AsyncIterable[Q], /, *, timeout: float | None = None
    ) -> AsyncGenerator[A, None]:
        """Give answers while the requests are sent."""
        return self.channel.stream_stream(method, requests, timeout=timeout)


class Outside(GrpcChannel):
    """Carries calls from outside over gRPC: with somebody's token, and a fresh key where one is needed."""

    def __init__(
        self, channel: grpc.aio.Channel, issuer: Issuer, *, tenant: str, principal: Principal
    ) -> None:
        token = issuer.issue(
            principal.subject, tenant=tenant, grants=principal.grants, ttl=timedelta(hours=12)
        )
        super().__init__(channel, metadata=lambda: [("authorization", f"Bearer {token}")])

    async def unary(  # type: ignore[override]
        self,
        method: Method[Q, A],
        request: Q,
        /,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - Channel's signature
    ) -> A:
        """Return the answer to one request."""
        keyed = method.idempotency is Idempotency.KEYED
        key = idempotency_key or (new_id("key") if keyed else None)
        timeout = DEFAULT_TIMEOUT if timeout is None else timeout
        answer = await super().unary(method, request, idempotency_key=key, timeout=timeout)
        if method.idempotency is Idempotency.NONE:
            return answer
        return await super().unary(method, request, idempotency_key=key, timeout=timeout)
