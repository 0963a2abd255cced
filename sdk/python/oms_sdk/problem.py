"""A refusal as it came over HTTP, to the error that it means."""

from __future__ import annotations

import json
from collections.abc import Mapping

from oms_sdk.errors import BY_KIND, APIError, BadRequestError, ServerError
from oms_wire.errors import FieldViolation

_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
_SAME_KEY_AGAIN = frozenset({"IDEMPOTENCY_IN_PROGRESS", "IDEMPOTENCY_CLAIM_LOST"})
"""Codes of 409 after which the same request under the same key finds its answer."""
_KINDS = {
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    413: "RESOURCE_EXHAUSTED",
    422: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    431: "RESOURCE_EXHAUSTED",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_OWN = frozenset({"type", "title", "status", "detail", "code", "instance", "violations"})
_SERVER_SIDE = 500
_EXCERPT = 200


def error_of(status: int, headers: Mapping[str, str], content: bytes, now: float) -> APIError:
    """Return the error for an HTTP answer that is no success; ``now`` is in seconds since the epoch."""
    problem = _document(content)
    title = problem.get("title")
    kind = BY_KIND.get(title.upper().replace(" ", "_")) if isinstance(title, str) else None
    code = str(problem.get("code") or f"HTTP_{status}")
    error = (kind or _kind(status))(
        str(problem.get("detail") or _excerpt(status, content)),
        status=status,
        code=code,
        details={k: str(v) for k, v in problem.items() if k not in _OWN},
        violations=_violations(problem.get("violations")),
        retry_after=_retry_after(headers.get("retry-after"), now),
        transient=_transient(status, code, headers.get("oms-should-retry", "")),
    )
    instance = problem.get("instance")
    error.request_id = headers.get("x-request-id") or (instance if isinstance(instance, str) else None)
    return error


def _transient(status: int, code: str, said: str) -> bool:
    if said in {"true", "false"}:
        return said == "true"
    return status in _TRANSIENT or code in _SAME_KEY_AGAIN


def _kind(status: int) -> type[APIError]:
    if found := _KINDS.get(status):
        return BY_KIND[found]
    return ServerError if status >= _SERVER_SIDE else BadRequestError


def _document(content: bytes) -> dict[str, object]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _excerpt(status: int, content: bytes) -> str:
    text = content[:_EXCERPT].decode(errors="replace").strip()
    return f"an answer that is no problem document of this API: {text!r}" if text else f"HTTP {status}"


def _violations(found: object) -> list[FieldViolation]:
    entries = found if isinstance(found, list) else []
    return [
        FieldViolation(str(entry.get("field", "")), str(entry.get("message", "")))
        for entry in entries
        if isinstance(entry, dict)
    ]


def _retry_after(value: str | None, now: float) -> float | None:
    """Return the seconds until then; both spellings of HTTP, None for neither."""
    if value is None:
        return None
    if value.isdecimal() and value.isascii():
        return float(value)
    # Rare, and importing it takes time.
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        return None
