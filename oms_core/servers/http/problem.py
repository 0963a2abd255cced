"""Errors as HTTP answers: problem+json (RFC 9457), one shape for everything that can go wrong."""

from __future__ import annotations

import math

import msgspec

from oms_wire.errors import RpcError, Unauthenticated
from oms_wire.problem import document_of, kind_of

MEDIA_TYPE = "application/problem+json"
_CODES = {
    404: "ROUTE_NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    413: "BODY_TOO_LARGE",
    431: "HEAD_TOO_LARGE",
}


def body_of(error: RpcError, trace: str) -> bytes:
    """Return the problem document; ``instance`` is the trace under which the operator finds it."""
    return msgspec.json.encode(document_of(error, trace))


def headers_of(error: RpcError) -> list[tuple[bytes, bytes]]:
    """Return the headers that the error calls for."""
    headers: list[tuple[bytes, bytes]] = []
    if error.retry_after is not None:
        headers.append((b"retry-after", b"%d" % max(1, math.ceil(error.retry_after))))
    if isinstance(error, Unauthenticated):
        challenge = b"Bearer" if error.code == "TOKEN_MISSING" else b'Bearer error="invalid_token"'
        headers.append((b"www-authenticate", challenge))
    return headers


def from_status(status: int, detail: str) -> RpcError:
    """Return the error that stands for an HTTP status raised outside our own handlers."""
    kind = kind_of(status)
    error = kind(_CODES.get(status, kind.status), detail)
    error.http_status = status
    return error


def too_large(limit: int) -> RpcError:
    """Return the error for a body of more than ``limit`` bytes."""
    return from_status(413, f"the body is larger than {limit} bytes; send less at once")
