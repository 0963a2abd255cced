"""Streams in OpenAPI 3.1, which knows no schema for a part of a body: both formats are told in words too."""

from __future__ import annotations

from oms_core.codegen.openapi_schemas import Json

_PROBLEM: Json = {"$ref": "#/components/schemas/oms.Problem"}

LAST_EVENT: Json = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "The id of the last event that was read: the stream begins behind it.",
    "schema": {"type": "string"},
}


def stream_content(schema: Json) -> Json:
    """Return the content of a stream of answers, each of them of ``schema``."""
    line: Json = {
        "type": "object",
        "description": "One line of the body. Empty lines say that the server is still there.",
        "oneOf": [_member("result", schema), _member("error", _PROBLEM)],
    }
    events: Json = {
        "type": "string",
        "description": "Server-sent events: `data` is one answer as JSON, in an event `problem` the error"
        " that ends the stream; an event `end` says that it is complete.",
        "contentMediaType": "text/event-stream",
        "contentSchema": schema,
    }
    return {"application/x-ndjson": {"schema": line}, "text/event-stream": {"schema": events}}


def lines_content(schema: Json) -> Json:
    """Return the content of a stream of requests, each of them of ``schema``, one a line."""
    return {"application/x-ndjson": {"schema": schema}}


def _member(name: str, schema: Json) -> Json:
    return {"type": "object", "required": [name], "properties": {name: schema}}
