"""A call sent until it is answered, refused for good, or out of time: once for threads, once for tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import httpx

from oms_sdk.answer import Answer, record
from oms_sdk.attempts import Attempts
from oms_sdk.budget import RetryBudget
from oms_sdk.call import Outgoing
from oms_sdk.clock import Clock
from oms_sdk.errors import OMSError
from oms_sdk.exchange import Received, check, exchange, exchange_async, unreadable
from oms_sdk.options import Options
from oms_sdk.tokens import AsyncTokenSource, TokenSource

T = TypeVar("T")
Read = Callable[[bytes], T]
"""Content to what the caller wants; raises ValueError."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends for OMS; safe to share between threads."""

    http: httpx.Client
    options: Options
    tokens: TokenSource
    clock: Clock
    budget: RetryBudget | None

    def send(self, call: Outgoing, read: Read[T], timeout: float | None = None) -> tuple[T, Answer]:
        """Return what ``read`` makes of the answer; raises OMSError."""
        attempts = _attempts(self, call, timeout)
        token = self.tokens.current()
        while True:
            seconds = attempts.begin()
            try:
                received = exchange(
                    self.http, self.options.base_url, call, token, seconds=seconds, clock=self.clock
                )
                return _accept(call, received, attempts, read, self.clock)
            except OMSError as error:
                if attempts.renews(error, renewable=self.tokens.renewable):
                    token = self.tokens.current(refused=token)
                    continue
                pause = attempts.pause_after(error)
            self.clock.sleep(pause)
            token = self.tokens.current()


@dataclass(frozen=True, slots=True)
class AsyncSender:
    """Sends for AsyncOMS."""

    http: httpx.AsyncClient
    options: Options
    tokens: AsyncTokenSource
    clock: Clock
    budget: RetryBudget | None

    async def send(
        self,
        call: Outgoing,
        read: Read[T],
        timeout: float | None = None,  # noqa: ASYNC109 - of all attempts together
    ) -> tuple[T, Answer]:
        """Return what ``read`` makes of the answer; raises OMSError."""
        attempts = _attempts(self, call, timeout)
        token = await self.tokens.current()
        while True:
            seconds = attempts.begin()
            try:
                received = await exchange_async(
                    self.http, self.options.base_url, call, token, seconds=seconds
                )
                return _accept(call, received, attempts, read, self.clock)
            except OMSError as error:
                if attempts.renews(error, renewable=self.tokens.renewable):
                    token = await self.tokens.current(refused=token)
                    continue
                pause = attempts.pause_after(error)
            await self.clock.pause(pause)
            token = await self.tokens.current()


def _attempts(sender: Sender | AsyncSender, call: Outgoing, timeout: float | None) -> Attempts:
    options = sender.options if timeout is None else replace(sender.options, timeout=timeout)
    return Attempts(call, options, sender.clock, sender.budget)


def _accept(
    call: Outgoing, received: Received, attempts: Attempts, read: Read[T], clock: Clock
) -> tuple[T, Answer]:
    check(received, clock.now())
    try:
        result = read(received.content)
    except ValueError as error:
        raise unreadable(received, f"is no answer to {call.name}: {error}") from error
    answer = Answer(
        call=call.name,
        status=received.status,
        headers=received.headers,
        content=received.content,
        request_id=received.headers.get("x-request-id", call.request_id),
        idempotency_key=call.key,
        attempts=attempts.count,
    )
    record(answer)
    return result, answer
