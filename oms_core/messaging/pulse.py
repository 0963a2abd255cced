"""The rhythm of a loop: woken at once, else now and then, and slower while nothing works."""

from __future__ import annotations

import asyncio
import random

_QUICKEST, _SLOWEST = 0.1, 2.0


class Pulse:
    """Lets one loop sleep until somebody calls ``beat``, for at most ``interval`` seconds."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._pause = _QUICKEST
        self._beat = asyncio.Event()
        self._stop = asyncio.Event()

    @property
    def stopped(self) -> bool:
        """Whether the loop should end."""
        return self._stop.is_set()

    def beat(self) -> None:
        """Wake the loop, or keep it from falling asleep once."""
        self._beat.set()

    def stop(self) -> None:
        """End the loop at its next look at ``stopped``."""
        self._stop.set()
        self._beat.set()

    async def wait(self) -> None:
        """Sleep until the next beat, or the interval."""
        await _wait(self._beat, self._interval)
        if not self.stopped:
            self._beat.clear()

    async def rest(self, seconds: float) -> None:
        """Sleep for ``seconds``, if there are any, beats or not."""
        if seconds > 0:
            await _wait(self._stop, seconds)

    async def pause(self) -> None:
        """Sleep after a failure, beats or not: longer each time in a row, with jitter, up to 2 s."""
        await _wait(self._stop, self._pause * (0.5 + random.random()))  # noqa: S311 - spread, not secret
        self._pause = min(self._pause * 2, _SLOWEST)

    def well(self) -> None:
        """Forget the failures."""
        self._pause = _QUICKEST


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
