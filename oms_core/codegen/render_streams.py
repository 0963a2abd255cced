"""How the signatures of generated methods say that something is a stream."""

from __future__ import annotations

from collections.abc import Iterable

from oms_core.codegen.model import Method

_CARRIERS = {
    "NONE": "unary",
    "SERVER": "unary_stream",
    "CLIENT": "stream_unary",
    "BOTH": "stream_stream",
}


def stream_types(methods: Iterable[Method]) -> list[str]:
    """Return what the signatures of ``methods`` need of collections.abc."""
    used: set[str] = set()
    for method in methods:
        if method.streams_requests:
            used |= {"AsyncIterable", "AsyncIterator"}
        if method.streams_answers:
            used |= {"AsyncGenerator", "AsyncIterator"}
    return sorted(used)


def asked(method: Method, kind: str, stream: str) -> str:
    """Return the parameter of a method, whose request is a ``kind``, or a ``stream`` of it."""
    return f"requests: {stream}[{kind}]" if method.streams_requests else f"request: {kind}"


def answered(method: Method, kind: str, stream: str) -> str:
    """Return what a method gives, whose answer is a ``kind``, or a ``stream`` of it."""
    if not method.streams_answers:
        return kind
    return f"{stream}[{kind}, None]" if stream == "AsyncGenerator" else f"{stream}[{kind}]"


def carried(method: Method) -> str:
    """Return the method of a channel that carries it."""
    return _CARRIERS[method.streaming]
