"""Requests as the bytes that go over the wire."""

from __future__ import annotations


def request(
    method: str, path: str, *, token: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> bytes:
    """Return one HTTP/1.1 request with a bearer token, ready to be sent again and again."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")
