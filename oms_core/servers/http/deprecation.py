"""The headers by which callers of a deprecated method learn that they should leave."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from litestar import Request

from oms_core.servers.http.answer import AnyAnswer, Headers
from oms_wire.method import Deprecation, Method

Handle = Callable[[Request[Any, Any, Any]], Awaitable[AnyAnswer]]


def announcing(handle: Handle, method: Method[Any, Any]) -> Handle:
    """Return a handler that adds the headers to every answer; ``handle`` itself for what stays."""
    if method.deprecation is None:
        return handle
    headers = headers_of(method.deprecation)

    async def announce(request: Request[Any, Any, Any]) -> AnyAnswer:
        answer = await handle(request)
        answer.headers.extend(headers)
        return answer

    return announce


def headers_of(deprecation: Deprecation) -> Headers:
    """Return ``Deprecation`` (RFC 9745) and, where the day is known, ``Sunset`` (RFC 8594)."""
    # The header wants a moment. Where nobody has written one down it is long past.
    since = int(_midnight(deprecation.since).timestamp()) if deprecation.since else 0
    headers = [(b"deprecation", b"@%d" % since)]
    if deprecation.sunset:
        headers.append((b"sunset", format_datetime(_midnight(deprecation.sunset), usegmt=True).encode()))
    return headers


def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)
