"""The response of a generated route: ready bytes, sent in two messages."""

from __future__ import annotations

from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, Receive, Scope, Send

from oms_core.servers.http import problem
from oms_wire.errors import RpcError

_JSON = (b"content-type", b"application/json")
_PROBLEM = (b"content-type", problem.MEDIA_TYPE.encode())

Headers = list[tuple[bytes, bytes]]


class AnyAnswer:
    """An ASGI response with headers of its own, at once or bit by bit."""

    __slots__ = ("headers",)
    headers: Headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; the ASGI protocol."""
        raise NotImplementedError


class Answer(AnyAnswer):
    """A ready one. Litestar's own response costs more than all of our work on a small answer."""

    __slots__ = ("body", "status")

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send it; the ASGI protocol."""
        start: HTTPResponseStartEvent = {
            "type": "http.response.start",
            "status": self.status,
            "headers": self.headers,
        }
        await send(start)
        rest: HTTPResponseBodyEvent = {"type": "http.response.body", "body": self.body, "more_body": False}
        await send(rest)


def success(body: bytes, trace: str) -> Answer:
    """Return 200 with a JSON body."""
    length = b"%d" % len(body)
    return Answer(200, [_JSON, (b"content-length", length), (b"x-request-id", trace.encode())], body)


def other_success(media_type: str, body: bytes, trace: str) -> Answer:
    """Return 200 with a body of any media type."""
    length, kind = b"%d" % len(body), media_type.encode("latin-1", "replace")
    headers = [(b"content-type", kind), (b"content-length", length), (b"x-request-id", trace.encode())]
    return Answer(200, headers, body)


def failure(error: RpcError, trace: str) -> Answer:
    """Return the error as problem+json."""
    body = problem.body_of(error, trace)
    length = b"%d" % len(body)
    headers = [_PROBLEM, (b"content-length", length), (b"x-request-id", trace.encode())]
    return Answer(error.http_status, headers + problem.headers_of(error), body)
