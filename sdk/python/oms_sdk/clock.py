"""Time as the client sees it: replaced in tests, so that waiting takes none."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Reads the time and waits; everything in seconds."""

    def monotonic(self) -> float:
        """Return a time that only grows; deadlines count in it."""

    def now(self) -> float:
        """Return the seconds since the epoch; dates in answers are compared with it."""

    def sleep(self, seconds: float) -> None:
        """Wait, and hold up this thread."""

    async def pause(self, seconds: float) -> None:
        """Wait, and hold up this task alone."""


class SystemClock:
    """The machine's own."""

    monotonic = staticmethod(time.monotonic)
    now = staticmethod(time.time)
    sleep = staticmethod(time.sleep)

    async def pause(self, seconds: float) -> None:
        """Wait, and hold up this task alone."""
        # Only who awaits needs asyncio, and it takes long to import.
        import asyncio  # noqa: PLC0415

        await asyncio.sleep(seconds)
