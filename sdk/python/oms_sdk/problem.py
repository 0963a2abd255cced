"""A refusal as it came over HTTP, to the error that it means."""

from __future__ import annotations

from collections.abc import Mapping

from oms_sdk.errors import BY_KIND, APIError
from oms_wire import problem

_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
_SAME_KEY_AGAIN = frozenset({"IDEMPOTENCY_IN_PROGRESS", "IDEMPOTENCY_CLAIM_LOST"})
"""Codes of 409 after which the same request under the same key finds its answer."""


def error_of(status: int, headers: Mapping[str, str], content: bytes, now: float) -> APIError:
    """Return the error for an HTTP answer that is no success; ``now`` is in seconds since the epoch."""
    refusal = problem.error_of(status, content)
    wait = _retry_after(headers.get("retry-after"), now)
    error = BY_KIND[refusal.status](
        refusal.message,
        status=status,
        code=refusal.code,
        details=refusal.details,
        violations=refusal.violations,
        retry_after=refusal.retry_after if wait is None else wait,
        transient=_transient(status, refusal.code, headers.get("oms-should-retry", "")),
    )
    error.request_id = headers.get("x-request-id") or problem.instance_of(content)
    return error


def _transient(status: int, code: str, said: str) -> bool:
    if said in {"true", "false"}:
        return said == "true"
    return status in _TRANSIENT or code in _SAME_KEY_AGAIN


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
