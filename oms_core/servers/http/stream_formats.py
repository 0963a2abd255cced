"""A stream of answers as text: server-sent events, or JSON documents one a line; ``Accept`` says which.

::

    text/event-stream                    application/x-ndjson

    id: 17                               {"result":{"name":"books/17"}}
    data: {"name":"books/17"}
                                         (an empty line)
    :                                    {"error":{"code":"NOT_FOUND","detail":…}}
    event: problem
    data: {"code":"NOT_FOUND","detail":…}

The one is what browsers read with EventSource (https://html.spec.whatwg.org/multipage/server-sent-events.html),
the other what everything reads that reads lines; its wrapping is that of grpc-gateway. ``:`` and the empty
line say nothing but that the server is still there.
"""

from __future__ import annotations

from typing import Protocol

from litestar.datastructures.headers import Accept

from oms_core.servers.http import problem
from oms_core.servers.http.problem import from_status
from oms_wire.errors import RpcError

EVENTS = "text/event-stream"
LINES = "application/x-ndjson"


class Format(Protocol):
    """How each part of a stream is written."""

    media_type: str
    heartbeat: bytes
    end: bytes
    """What says that no more comes, where the end of the body does not."""

    def message(self, data: bytes, cursor: str) -> bytes:
        """Return one answer, of which ``data`` is the JSON; ``cursor`` may be empty."""

    def problem(self, error: RpcError, trace: str) -> bytes:
        """Return the error that ends the stream."""


class Events:
    """Server-sent events."""

    media_type = EVENTS
    heartbeat = b":\n\n"
    end = b"event: end\ndata: {}\n\n"  # a browser would come again and again

    def message(self, data: bytes, cursor: str) -> bytes:
        """Return an event, with the cursor as its id."""
        if not cursor:
            return b"data: %b\n\n" % data
        if not cursor.isprintable():
            raise ValueError(f"the cursor {cursor!r} has characters that no event's id may have")
        return b"id: %b\ndata: %b\n\n" % (cursor.encode(), data)

    def problem(self, error: RpcError, trace: str) -> bytes:
        """Return an event of the kind ``problem``, and when to come again if the error says so."""
        event = b"event: problem\ndata: %b\n\n" % problem.body_of(error, trace)
        if error.retry_after is None:
            return event
        return b"retry: %d\n%b" % (error.retry_after * 1000, event)


class Lines:
    """JSON documents, one a line."""

    media_type = LINES
    heartbeat = b"\n"
    end = b""

    def message(self, data: bytes, cursor: str) -> bytes:  # noqa: ARG002 - it stands in the message as well
        """Return a line with the answer."""
        return b'{"result":%b}\n' % data

    def problem(self, error: RpcError, trace: str) -> bytes:
        """Return a line with the problem document."""
        return b'{"error":%b}\n' % problem.body_of(error, trace)


_FORMATS: dict[str, Format] = {one.media_type: one for one in (Lines(), Events())}


def format_for(accept: str | None) -> Format:
    """Return the format that a caller accepts, lines where it is all the same; raises RpcError (406)."""
    if not accept:
        return _FORMATS[LINES]
    try:
        found = Accept(accept).best_match(list(_FORMATS))
    except (ValueError, OverflowError):  # no such header
        found = None
    if found is None:
        raise from_status(406, f"this method answers with a stream: accept {EVENTS} or {LINES}")
    return _FORMATS[found]
