"""Errors as problem documents (RFC 9457), which is how they travel over HTTP; there and back.

``BY_HTTP_STATUS`` is for answers of others: ours say in their title which kind they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from oms_wire.errors import (
    BY_STATUS,
    Aborted,
    Cancelled,
    DeadlineExceeded,
    FailedPrecondition,
    FieldViolation,
    Internal,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    RpcError,
    Unauthenticated,
    Unavailable,
    Unimplemented,
)

BY_HTTP_STATUS: Mapping[int, type[RpcError]] = {
    400: InvalidArgument,
    401: Unauthenticated,
    403: PermissionDenied,
    404: NotFound,
    405: InvalidArgument,
    408: DeadlineExceeded,
    409: Aborted,
    413: ResourceExhausted,
    422: FailedPrecondition,
    429: ResourceExhausted,
    431: ResourceExhausted,
    499: Cancelled,
    501: Unimplemented,
    502: Unavailable,
    503: Unavailable,
    504: DeadlineExceeded,
}
_OWN = frozenset({"type", "title", "status", "detail", "code", "instance", "violations", "retry_after"})
_SERVER_SIDE = 500
_EXCERPT = 200


def document_of(error: RpcError, instance: str) -> dict[str, object]:
    """Return the problem document; a detail of the error that is called like a member of it gives way."""
    document: dict[str, object] = {
        **error.details,
        "type": f"urn:oms:problem:{error.code.lower().replace('_', '-')}",
        "title": error.status.replace("_", " ").capitalize(),
        "status": error.http_status,
        "detail": error.message,
        "code": error.code,
        "instance": instance,
    }
    if error.violations:
        document["violations"] = [{"field": v.field, "message": v.message} for v in error.violations]
    if error.retry_after is not None:
        document["retry_after"] = error.retry_after
    return document


def error_of(http_status: int, content: bytes) -> RpcError:
    """Return the error that an HTTP answer means, whoever sent it: the code of another's is ``HTTP_502``."""
    document = _document(content)
    title = document.get("title")
    kind = BY_STATUS.get(title.upper().replace(" ", "_")) if isinstance(title, str) else None
    wait = document.get("retry_after")
    error = (kind or kind_of(http_status))(
        str(document.get("code") or f"HTTP_{http_status}"),
        str(document.get("detail") or _excerpt(http_status, content)),
        violations=_violations(document.get("violations")),
        details={name: str(value) for name, value in document.items() if name not in _OWN},
        retry_after=float(wait) if isinstance(wait, int | float) else None,
    )
    error.http_status = http_status
    return error


def kind_of(http_status: int) -> type[RpcError]:
    """Return the kind of error that an HTTP status stands for."""
    return BY_HTTP_STATUS.get(http_status) or (Internal if http_status >= _SERVER_SIDE else InvalidArgument)


def instance_of(content: bytes) -> str | None:
    """Return the ``instance`` of a problem document, under which its server finds the call."""
    instance = _document(content).get("instance")
    return instance if isinstance(instance, str) else None


def _document(content: bytes) -> dict[str, object]:
    try:
        found = json.loads(content)  # by clients that do without msgspec
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _excerpt(http_status: int, content: bytes) -> str:
    text = content[:_EXCERPT].decode(errors="replace").strip()
    return f"an answer that is no problem document of this API: {text!r}" if text else f"HTTP {http_status}"


def _violations(found: object) -> list[FieldViolation]:
    entries = found if isinstance(found, list) else []
    return [
        FieldViolation(str(entry.get("field", "")), str(entry.get("message", "")))
        for entry in entries
        if isinstance(entry, dict)
    ]
