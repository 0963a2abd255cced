"""Ports for servers that a test starts."""

from __future__ import annotations

import random
import socket


def free_port() -> int:
    """Return a port that nobody listens on now, below those that the system gives to clients."""
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311 - spread, not secret
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port


def free_ports(count: int) -> list[int]:
    """Return so many different free ports."""
    found: list[int] = []
    while len(found) < count:
        if (port := free_port()) not in found:
            found.append(port)
    return found
