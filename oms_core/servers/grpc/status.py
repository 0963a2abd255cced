"""Errors as gRPC answers: a ``google.rpc.Status`` in the trailing metadata.

The few messages of google/rpc are written by hand: they are final, and their Python package would be
needed for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from oms_wire.errors import FieldViolation, RpcError

METADATA_KEY = "grpc-status-details-bin"
DOMAIN = "oms"
MAX_VIOLATIONS = 4096
"""Bytes of an error's violations; all metadata of an answer may take 8192."""
_TYPE = "type.googleapis.com/google.rpc."
_NANOS = 1_000_000_000
_BYTES = 2  # the wire type of everything with a length


def details_of(error: RpcError, trace: str) -> bytes:
    """Return the serialised Status: ErrorInfo, RequestInfo, and BadRequest and RetryInfo where they apply."""
    details = _any("ErrorInfo", _text(1, error.code) + _text(2, DOMAIN) + _entries(3, error.details))
    details += _any("RequestInfo", _text(1, trace))
    if error.violations:
        details += _any("BadRequest", _violations(error.violations))
    if error.retry_after is not None:
        details += _any("RetryInfo", _field(1, _duration(error.retry_after)))
    for url, content in error.foreign:
        details += _field(3, _text(1, url) + _field(2, content))
    return b"\x08" + _varint(error.grpc_code) + _text(2, error.message) + details


def _violations(violations: Iterable[FieldViolation]) -> bytes:
    """Return as many as fit: a caller refuses more metadata than its limit and then learns nothing."""
    out = b""
    for violation in violations:
        entry = _field(1, _text(1, violation.field) + _text(2, violation.message))
        if len(out) + len(entry) > MAX_VIOLATIONS:
            break
        out += entry
    return out


def _any(name: str, message: bytes) -> bytes:
    return _field(3, _text(1, _TYPE + name) + _field(2, message))


def _entries(number: int, entries: Mapping[str, str]) -> bytes:
    return b"".join(_field(number, _text(1, key) + _text(2, value)) for key, value in entries.items())


def _duration(seconds: float) -> bytes:
    whole, nanos = divmod(round(seconds * _NANOS), _NANOS)
    return b"\x08" + _varint(whole) + b"\x10" + _varint(nanos)


def _text(number: int, text: str) -> bytes:
    return _field(number, text.encode()) if text else b""


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:  # noqa: PLR2004
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
