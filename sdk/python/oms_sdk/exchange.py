"""One attempt over HTTP, with every exception of the transport turned into one of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from oms_sdk.call import Outgoing
from oms_sdk.clock import Clock
from oms_sdk.errors import APIConnectionError, APITimeoutError, OMSError, UnreadableResponseError
from oms_sdk.options import CONNECT_SECONDS
from oms_sdk.problem import error_of

USER_AGENT = "oms-sdk-python/0.1.0"
_JSON = "application/json"
_REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class Received:
    """An HTTP answer, read to its end."""

    status: int
    headers: httpx.Headers
    content: bytes


def headers_of(call: Outgoing, token: str | None, seconds: float) -> dict[str, str]:
    """Return the headers of one attempt; the server is told how long somebody waits for it."""
    headers = {
        "Accept": _JSON,
        "User-Agent": USER_AGENT,
        "X-Request-Id": call.request_id,
        "X-Request-Timeout": f"{seconds:.3f}",
    }
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if call.body is not None:
        headers["Content-Type"] = _JSON
    if call.key is not None:
        headers["Idempotency-Key"] = call.key
    return headers


def timeout_of(seconds: float) -> httpx.Timeout:
    """Return httpx's timeouts, which are for each step of an attempt."""
    return httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))


def exchange(
    http: httpx.Client, url: str, call: Outgoing, token: str | None, *, seconds: float, clock: Clock
) -> Received:
    """Send once and read the answer within ``seconds``; raises APIConnectionError and its kin."""
    until = clock.monotonic() + seconds
    with _ours(call.name, seconds):
        request = http.build_request(
            call.http_method,
            url + call.target,
            content=call.body,
            headers=headers_of(call, token, seconds),
            timeout=timeout_of(seconds),
        )
        response = http.send(request, stream=True, follow_redirects=False)
        try:
            content = bytearray()
            for chunk in response.iter_bytes():
                content += chunk
                # httpx limits the wait for each piece; a server that drips would never be cut off.
                if clock.monotonic() > until:
                    raise httpx.ReadTimeout("the answer comes too slowly")
        finally:
            response.close()
    return Received(response.status_code, response.headers, bytes(content))


async def exchange_async(
    http: httpx.AsyncClient, url: str, call: Outgoing, token: str | None, *, seconds: float
) -> Received:
    """Send once and read the answer within ``seconds``; raises APIConnectionError and its kin."""
    # Only who awaits needs asyncio, and it takes long to import.
    from oms_sdk.uncancelled import within  # noqa: PLC0415

    with _ours(call.name, seconds):
        request = http.build_request(
            call.http_method,
            url + call.target,
            content=call.body,
            headers=headers_of(call, token, seconds),
            timeout=timeout_of(seconds),
        )
        response = await within(seconds, http.send(request, follow_redirects=False))
    return Received(response.status_code, response.headers, response.content)


def check(received: Received, now: float) -> None:
    """Raise what the answer says, unless it is a success; ``now`` is in seconds since the epoch."""
    error: OMSError
    if received.status in _REDIRECTS:
        where = received.headers.get("location", "nowhere")
        error = UnreadableResponseError(
            f"HTTP {received.status} leads to {where}, and redirects are not followed: correct base_url",
            status=received.status,
            transient=False,
        )
    elif received.status >= 400:  # noqa: PLR2004 - where HTTP's errors begin
        raise error_of(received.status, received.headers, received.content, now)
    elif not received.headers.get("content-type", "").startswith(_JSON):
        error = unreadable(received, "is no JSON")
    else:
        return
    error.request_id = received.headers.get("x-request-id")
    raise error


def unreadable(received: Received, problem: str) -> UnreadableResponseError:
    """Return the error for a success that is none."""
    kind = received.headers.get("content-type", "no type")
    message = f"HTTP {received.status} with {len(received.content)} bytes ({kind}) {problem}"
    return UnreadableResponseError(message, status=received.status)


@contextmanager
def _ours(name: str, seconds: float) -> Iterator[None]:
    try:
        yield
    except (httpx.TimeoutException, TimeoutError) as error:
        raise APITimeoutError(f"{name}: no answer in {seconds:g} s", transient=True) from error
    except (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise APIConnectionError(f"{name}: cannot be sent: {error}") from error
    except httpx.HTTPError as error:
        what = str(error) or type(error).__name__
        raise APIConnectionError(f"{name}: no answer: {what}", transient=True) from error
