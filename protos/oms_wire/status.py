"""A google.rpc.Status, as gRPC servers send it beside an error, to the error that it tells of.

The few messages of google/rpc are read by hand: they are final, and their Python package would be needed
for nothing else. The server's side of this stands in ``oms_core.servers.grpc.status``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from oms_wire.errors import BY_GRPC_CODE, FieldViolation, InvalidArgument, RpcError, Unknown
from oms_wire.reading import read_bytes, read_varint, skip_field

METADATA_KEY = "grpc-status-details-bin"
"""The trailing metadata that carries the Status."""

_TYPE = "type.googleapis.com/google.rpc."
_NANOS = 1_000_000_000


@dataclass(slots=True)
class _Details:
    reason: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    violations: list[FieldViolation] = field(default_factory=list)
    retry_after: float | None = None
    foreign: list[tuple[str, bytes]] = field(default_factory=list)


def error_of(grpc_code: int, message: str, status: bytes | None) -> RpcError:
    """Return the error for a numeric gRPC code; without a readable ``status`` its code is the gRPC name."""
    kind = BY_GRPC_CODE.get(grpc_code, Unknown)
    try:
        details = _read(status or b"")
    except (InvalidArgument, IndexError, UnicodeDecodeError):
        # Whoever answered is no OMS server; its code and message still count.
        details = _Details()
    return kind(
        details.reason or kind.status,
        message,
        violations=details.violations,
        details=details.metadata,
        retry_after=details.retry_after,
        foreign=details.foreign,
    )


def _read(status: bytes) -> _Details:
    details = _Details()
    for packed in _all(status, 3):
        url, content = _text(packed, 1), _first(packed, 2)
        name = url.removeprefix(_TYPE)
        if name == "ErrorInfo":
            details.reason = _text(content, 1)
            details.metadata = {_text(entry, 1): _text(entry, 2) for entry in _all(content, 3)}
        elif name == "BadRequest":
            details.violations = [FieldViolation(_text(v, 1), _text(v, 2)) for v in _all(content, 1)]
        elif name == "RetryInfo":
            delay = _first(content, 1)
            details.retry_after = _number(delay, 1) + _number(delay, 2) / _NANOS
        elif name != "RequestInfo":  # of the trace, which the caller has
            details.foreign.append((url, content))
    return details


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        value: int | bytes
        match tag & 7:
            case 0:
                value, at = read_varint(data, at)
            case 2:
                value, at = read_bytes(data, at)
            case _:
                at = skip_field(data, at, tag)
                continue
        yield tag >> 3, value


def _all(data: bytes, number: int) -> list[bytes]:
    return [value for found, value in _fields(data) if found == number and isinstance(value, bytes)]


def _first(data: bytes, number: int) -> bytes:
    return next(iter(_all(data, number)), b"")


def _text(data: bytes, number: int) -> str:
    return _first(data, number).decode()


def _number(data: bytes, number: int) -> int:
    return next((v for found, v in _fields(data) if found == number and isinstance(v, int)), 0)
