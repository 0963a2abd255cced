"""Waiting for a condition, never for a length of time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


def until(condition: Callable[[], bool], *, seconds: float = 30.0) -> None:
    """Return once the condition holds; fail when it does not within ``seconds``."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"{condition} did not come to hold within {seconds} s"
        pause.wait(0.05)
