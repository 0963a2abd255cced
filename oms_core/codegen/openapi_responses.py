"""What an operation answers in OpenAPI: its message, and the errors that the framework gives for it."""

from __future__ import annotations

from oms_core.codegen.model import HttpBinding, Method
from oms_core.codegen.openapi_schemas import Json

PROBLEM = "oms.Problem"
_ERRORS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "400": (
        "oms.InvalidArgument",
        "The request does not follow the contract.",
        (
            "INVALID_JSON",
            "UNKNOWN_FIELD",
            "INVALID_FIELD",
            "PATH_INVALID",
            "QUERY_INVALID",
            "TIMEOUT_INVALID",
        ),
    ),
    "401": (
        "oms.Unauthenticated",
        "There is no token, or none that is valid.",
        ("TOKEN_MISSING", "TOKEN_INVALID", "TOKEN_EXPIRED"),
    ),
    "403": ("oms.PermissionDenied", "The caller lacks the permission at that place.", ("PERMISSION_DENIED",)),
    "406": ("oms.NotAcceptable", "None of the accepted formats can be given.", ("NOT_ACCEPTABLE",)),
    "409": (
        "oms.KeyConflict",
        "The idempotency key belongs to another request, or to one that is still running.",
        ("IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_IN_PROGRESS"),
    ),
    "413": ("oms.TooLarge", "The body is larger than the server takes.", ("BODY_TOO_LARGE",)),
    "504": ("oms.DeadlineExceeded", "There was no answer in time.", ("DEADLINE_EXCEEDED",)),
}
_DATES: Json = {
    "Deprecation": {"description": "Since when it is deprecated (RFC 9745).", "schema": {"type": "string"}},
    "Sunset": {"description": "When it will be gone (RFC 8594).", "schema": {"type": "string"}},
}


def responses(method: Method, binding: HttpBinding, content: Json) -> Json:
    """Return the responses of an operation whose answer has ``content``, by status.

    Services add errors of their own: they are ``default``, of the same shape.
    """
    success: Json = {"description": "OK", "content": content}
    if method.deprecation:
        names = ["Deprecation", "Sunset"] if method.deprecation.sunset else ["Deprecation"]
        success["headers"] = {name: _DATES[name] for name in names}
    errors: Json = {
        status: {"$ref": f"#/components/responses/{_ERRORS[status][0]}"}
        for status in _statuses(method, binding)
    }
    return {"200": success, **errors, "default": _problem("An error.")}


def components() -> Json:
    """Return the responses that operations refer to; they are the same in every document."""
    result: Json = {}
    for name, description, codes in _ERRORS.values():
        result[name] = _problem(f"{description} Codes: {', '.join(f'`{code}`' for code in codes)}.")
        result[name]["x-oms-codes"] = list(codes)
    return result


def _statuses(method: Method, binding: HttpBinding) -> list[str]:
    left_out = set()
    if method.access.scope == "PUBLIC":
        left_out.add("403")
    if method.idempotency != "KEYED":
        left_out.add("409")
    if not binding.has_body:
        left_out.add("413")
    if not method.streams_answers:
        left_out.add("406")
    return [status for status in _ERRORS if status not in left_out]


def _problem(description: str) -> Json:
    schema = {"$ref": f"#/components/schemas/{PROBLEM}"}
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}
