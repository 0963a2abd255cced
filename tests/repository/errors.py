"""Print the table of errors, as the tree has it; ``COMMAND`` writes the page."""

from __future__ import annotations

import sys

from oms_sdk.errors import BY_KIND
from oms_wire.errors import RpcError
from tests.repository.documents import ROOT

PAGE = ROOT / "docs" / "errors.md"
COMMAND = "python -m tests.repository.errors > docs/errors.md"

_HEAD = f"""# Errors

One tree for everything that a method may answer with. The servers turn it into either form below, and
clients turn either back into the same class with the same code, message, violations, details and wait. A
service raises the class in the first column (`oms_wire.errors`); who calls it in process or over gRPC
catches that very class, who uses [the SDK](sdk.md) the one in the last column.

    {COMMAND}

| Class | gRPC | HTTP | In the SDK | |
|---|---|---|---|---|
"""
_TAIL = """
Every error carries a stable `code` in upper snake case, which says exactly what happened; the codes stand
on each plugin's page. What else it carries, and where it goes:

| | `application/problem+json` (RFC 9457) | `google.rpc.Status` in `grpc-status-details-bin` |
|---|---|---|
| code | `code`, and in `type` | `ErrorInfo.reason` |
| message | `detail` | `message` |
| kind | `title`, `status` | `code` |
| violations | `violations`: `field` and `message` | `BadRequest.field_violations` |
| details | members of their own names | `ErrorInfo.metadata` |
| wait, in seconds | `retry_after`, and the header `Retry-After` in whole ones | `RetryInfo.retry_delay` |
| trace | `instance`, and the header `X-Request-Id` | `RequestInfo.request_id` |
| details that OMS does not know | | kept, and handed on |

An answer of another server, such as a proxy's page, becomes the kind that its status stands for, with the
code `HTTP_502` over HTTP or the name of its gRPC code.
"""


def page() -> str:
    """Return the page."""
    return _HEAD + "\n".join(map(_row, RpcError.__subclasses__())) + "\n" + _TAIL


def _row(kind: type[RpcError]) -> str:
    said = (kind.__doc__ or "").strip().replace("``", "`")
    client = BY_KIND[kind.status].__name__
    return (
        f"| `{kind.__name__}` | {kind.grpc_code} `{kind.status}` | {kind.http_status} | `{client}` | {said} |"
    )


if __name__ == "__main__":
    sys.stdout.write(page())
