"""What a refusal looks like over HTTP."""

from __future__ import annotations

from typing import Any

import httpx


def refused(answer: httpx.Response, status: int, code: str, field: str | None = None) -> dict[str, Any]:
    """Return the problem document of an answer that must be this refusal, naming this field."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert (problem["status"], problem["code"]) == (status, code), problem
    assert problem["detail"]
    if field is not None:
        assert field in [violation["field"] for violation in problem.get("violations", [])], problem
    return problem
