"""The two clients: OMS for threads, AsyncOMS for tasks. What they offer is generated (``surface.py``)."""

from __future__ import annotations

from typing import Self

import httpx

from oms_sdk.answer import Answer
from oms_sdk.budget import RetryBudget
from oms_sdk.call import custom
from oms_sdk.clock import Clock, SystemClock
from oms_sdk.options import (
    ATTEMPT_TIMEOUT,
    MAX_RETRIES,
    RETRY_SHARE,
    TIMEOUT,
    changed,
    options_of,
    token_of_environment,
)
from oms_sdk.sending import AsyncSender, Sender
from oms_sdk.surface import AsyncSurface, Surface
from oms_sdk.tokens import AsyncTokenProvider, AsyncTokenSource, TokenProvider, TokenSource

LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=20)
"""As many connections as calls at once: a place in the pool that a broken attempt keeps blocks nobody."""


class OMS(Surface):
    """A client of one server; safe to share between threads, and to be closed when done.

    ``base_url`` and ``token`` come from ``OMS_BASE_URL`` and ``OMS_TOKEN`` where they are not given.
    ``timeout`` is in seconds, for a call with all its attempts; ``attempt_timeout`` for one of them. While
    the server fails, at most the share ``retry_budget`` of all requests are repeats (None: no limit). An
    ``http_client`` of your own stays yours to close.

    Every call raises OMSError, and ValueError for an argument that the contract has no room for.
    """

    _owned = False

    def __init__(
        self,
        *,
        base_url: str | None = None,
        token: str | TokenProvider | None = None,
        timeout: float = TIMEOUT,
        attempt_timeout: float = ATTEMPT_TIMEOUT,
        max_retries: int = MAX_RETRIES,
        retry_budget: float | None = RETRY_SHARE,
        http_client: httpx.Client | None = None,
        clock: Clock | None = None,
    ) -> None:
        options = options_of(base_url, timeout, attempt_timeout, max_retries)
        time = clock or SystemClock()
        self._owned = http_client is None
        http = http_client or httpx.Client(limits=LIMITS)
        super().__init__(
            Sender(
                http, options, TokenSource(token or token_of_environment(), time), time, _budget(retry_budget)
            )
        )

    def with_options(
        self,
        *,
        token: str | TokenProvider | None = None,
        timeout: float | None = None,
        attempt_timeout: float | None = None,
        max_retries: int | None = None,
    ) -> OMS:
        """Return a client that differs in what is given, and shares connections and budget with this one."""
        old = self._sender
        options = changed(old.options, timeout, attempt_timeout, max_retries)
        tokens = old.tokens if token is None else TokenSource(token, old.clock)
        client = OMS.__new__(OMS)
        Surface.__init__(client, Sender(old.http, options, tokens, old.clock, old.budget))
        return client

    def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Answer:
        """Call a route that this client has no method for; ``path`` with its query, percent-encoded.

        Repeated when that is safe: a GET, or anything with an ``idempotency_key``.
        """
        call = custom(method, path, json, idempotency_key)
        return self._sender.send(call, bytes, timeout)[1]

    def close(self) -> None:
        """Close the connections, unless the HTTP client was given."""
        if self._owned:
            self._sender.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncOMS(AsyncSurface):
    """The same client for ``await``; its arguments are those of OMS. To be used from one event loop."""

    _owned = False

    def __init__(
        self,
        *,
        base_url: str | None = None,
        token: str | AsyncTokenProvider | None = None,
        timeout: float = TIMEOUT,
        attempt_timeout: float = ATTEMPT_TIMEOUT,
        max_retries: int = MAX_RETRIES,
        retry_budget: float | None = RETRY_SHARE,
        http_client: httpx.AsyncClient | None = None,
        clock: Clock | None = None,
    ) -> None:
        options = options_of(base_url, timeout, attempt_timeout, max_retries)
        time = clock or SystemClock()
        self._owned = http_client is None
        http = http_client or httpx.AsyncClient(limits=LIMITS)
        super().__init__(
            AsyncSender(
                http,
                options,
                AsyncTokenSource(token or token_of_environment(), time),
                time,
                _budget(retry_budget),
            )
        )

    def with_options(
        self,
        *,
        token: str | AsyncTokenProvider | None = None,
        timeout: float | None = None,
        attempt_timeout: float | None = None,
        max_retries: int | None = None,
    ) -> AsyncOMS:
        """Return a client that differs in what is given, and shares connections and budget with this one."""
        old = self._sender
        options = changed(old.options, timeout, attempt_timeout, max_retries)
        tokens = old.tokens if token is None else AsyncTokenSource(token, old.clock)
        client = AsyncOMS.__new__(AsyncOMS)
        AsyncSurface.__init__(client, AsyncSender(old.http, options, tokens, old.clock, old.budget))
        return client

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - of the call with its attempts, as everywhere here
    ) -> Answer:
        """Call a route that this client has no method for; ``path`` with its query, percent-encoded.

        Repeated when that is safe: a GET, or anything with an ``idempotency_key``.
        """
        call = custom(method, path, json, idempotency_key)
        return (await self._sender.send(call, bytes, timeout))[1]

    async def close(self) -> None:
        """Close the connections, unless the HTTP client was given."""
        if self._owned:
            await self._sender.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _budget(share: float | None) -> RetryBudget | None:
    return None if share is None else RetryBudget(share=share)
