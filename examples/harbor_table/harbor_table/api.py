"""One caller's way to the API: typed messages over HTTP, repeated until they are answered.

A write carries an idempotency key. When no answer comes (the server was killed, say), the same request goes
out again under the same key, which is what makes repeating safe.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

import httpx
import msgspec

from oms_core.errors import OmsError
from oms_wire.method import WireMessage

A = TypeVar("A", bound=WireMessage)

TOO_EARLY = frozenset({429, 502, 503, 504})
"""Statuses after which the same request may be sent again."""
SAME_KEY_AGAIN = frozenset({"IDEMPOTENCY_IN_PROGRESS", "IDEMPOTENCY_CLAIM_LOST"})
"""Codes of 409 after which the same request under the same key finds the answer."""


class Problem(msgspec.Struct):
    """The part of a problem+json answer that a caller acts on."""

    code: str = "UNKNOWN"
    detail: str = ""
    order_id: str = ""


class Refused(OmsError):
    """The server understood and said no: ``code`` says why, ``status`` is the HTTP status.

    ``order_id`` is the order that stands in the way, where there is one.
    """

    def __init__(self, status: int, problem: Problem) -> None:
        super().__init__(problem.code, f"the server refused with {status}: {problem.detail}")
        self.status = status
        self.order_id = problem.order_id


class Unanswered(OmsError):
    """There was no answer before the deadline; the effect may or may not have happened."""

    def __init__(self, request: httpx.Request, outcome: str, seconds: float) -> None:
        what = f"{request.method} {request.url.path}: {outcome}, for {seconds:.0f} s"
        super().__init__("NO_ANSWER", what, hint="read server.log in the data folder")


class Api:
    """Typed calls in the name of whoever ``token`` belongs to.

    ``token`` is asked before each try, so it may return a fresh one. ``deadline`` is in seconds, for all
    tries of one request together.
    """

    def __init__(self, http: httpx.AsyncClient, token: Callable[[], str], *, deadline: float = 90.0) -> None:
        self._http = http
        self._token = token
        self._deadline = deadline

    async def read(self, path: str, answer: type[A], /, **query: str | int) -> A:
        """GET ``path``; raises Refused or Unanswered."""
        request = self._http.build_request("GET", path, params=query)
        return answer.decode_json(await self._insist(request))

    async def write(
        self, path: str, message: WireMessage, answer: type[A], /, *, key: str, method: str = "POST"
    ) -> A:
        """Send ``message`` to ``path`` under the idempotency ``key``; raises Refused or Unanswered.

        An empty key is not sent: for what stores nothing.
        """
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        request = self._http.build_request(method, path, content=message.encode_json(), headers=headers)
        return answer.decode_json(await self._insist(request))

    async def _insist(self, request: httpx.Request) -> bytes:
        until = time.monotonic() + self._deadline
        pause = 0.02
        while True:
            outcome = await self._try(request)
            if isinstance(outcome, bytes):
                return outcome
            if time.monotonic() + pause > until:
                raise Unanswered(request, outcome, self._deadline)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.5)

    async def _try(self, request: httpx.Request) -> bytes | str:
        """Return the answer's body, or why another try is due; raises Refused."""
        request.headers["Authorization"] = f"Bearer {self._token()}"
        try:
            response = await self._http.send(request)
        except httpx.TransportError as error:
            return f"no answer ({type(error).__name__})"
        if response.is_success:
            return response.content
        problem = _problem(response)
        if response.status_code in TOO_EARLY or problem.code in SAME_KEY_AGAIN:
            return f"{response.status_code} {problem.code}"
        raise Refused(response.status_code, problem)


def _problem(response: httpx.Response) -> Problem:
    try:
        return msgspec.json.decode(response.content, type=Problem)
    except msgspec.DecodeError:
        return Problem(detail=response.text[:200])
