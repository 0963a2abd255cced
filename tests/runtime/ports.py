"""Ports for servers that a test starts."""

from __future__ import annotations

import random
import socket


def free_ports(count: int) -> list[int]:
    """Return so many different ports between 20000 and 32000 that nobody listens on now."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if port not in found and probe.connect_ex(("127.0.0.1", port)):
                found.append(port)
    return found
