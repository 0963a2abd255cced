"""Reading a request's body, within limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from litestar import Request
from litestar.types import HTTPReceiveMessage, HTTPRequestEvent, Receive

from oms_core.calls.deadline import Deadline
from oms_core.context import Context
from oms_core.servers.http import problem
from oms_wire.errors import InvalidArgument
from oms_wire.route import Route, raw_body


async def read_whole(
    route: Route[Any, Any],
    request: Request[Any, Any, Any],
    headers: Mapping[bytes, bytes],
    context: Context,
    *,
    limit: int,
) -> bytes:
    """Return what ``route`` binds as the body of a request; raises RpcError for one that it does not take."""
    length = headers.get(b"content-length")
    if route.has_body:
        with Deadline(context.remaining, route.method.full_name):  # for who sends a body drop by drop
            body = await read_body(request.receive, length, limit)
        return (
            raw_body(body, headers.get(b"content-type", b"").decode("latin-1")) if route.takes_raw else body
        )
    if (length or b"0") != b"0" or b"transfer-encoding" in headers:
        raise InvalidArgument("UNEXPECTED_BODY", "this method takes no body; use query parameters")
    return b""


async def read_body(receive: Receive, declared: bytes | None, limit: int) -> bytes:
    """Return the whole body; raises RpcError when it is larger than ``limit`` bytes or cut off."""
    if declared is not None and int(declared) > limit:  # the HTTP parser has checked that it is a number
        raise problem.too_large(limit)
    event = await _next(receive)
    body = event["body"]
    if event["more_body"]:
        body = await _rest(receive, body, limit)
    if len(body) > limit:
        raise problem.too_large(limit)
    return body


async def _rest(receive: Receive, first: bytes, limit: int) -> bytes:
    """Return the body that begins with ``first``, or as much of it as shows that it is too large."""
    parts, size, more = [first], len(first), True
    while more and size <= limit:
        event = await _next(receive)
        parts.append(event["body"])
        size += len(event["body"])
        more = event["more_body"]
    return b"".join(parts)


async def _next(receive: Receive) -> HTTPRequestEvent:
    event = cast("HTTPReceiveMessage", await receive())
    if event["type"] == "http.disconnect":
        raise InvalidArgument("BODY_INCOMPLETE", "the connection ended before the body did")
    return event
