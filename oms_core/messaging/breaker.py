"""When a handler fails for one event after another, the fault is elsewhere: events wait instead of dying."""

from __future__ import annotations

import logging
from uuid import UUID

logger = logging.getLogger("oms.events")

THRESHOLD = 5
"""Different events that fail one after the other before the breaker opens."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds until one event may try again; doubled each time that it fails."""


class Breaker:
    """The circuit breaker of one consumer: closed, open, or half-open with one event on trial.

    Times are seconds of a monotonic clock. An event that fails again and again alone does not open it: that
    one is poison, and retries and dead letters are for it.
    """

    def __init__(self, consumer: str) -> None:
        self._consumer = consumer
        self._failed: set[UUID] = set()
        self._pause = 0.0
        self._closed_until = 0.0
        self._trial = False

    @property
    def is_open(self) -> bool:
        """Whether events wait."""
        return self._pause > 0

    def admits(self, now: float) -> bool:
        """Say whether an event may be taken now; half-open, one at a time."""
        if not self.is_open:
            return True
        if self._trial or now < self._closed_until:
            return False
        self._trial = True
        return True

    def nothing_taken(self) -> None:
        """Say that whoever was admitted found no event."""
        self._trial = False

    def succeeded(self) -> None:
        """Say that an event was handled: all may go on."""
        if self.is_open:
            logger.warning("%s: works again", self._consumer)
        self._failed.clear()
        self._pause, self._trial = 0.0, False

    def failed(self, event_id: UUID, now: float) -> None:
        """Say that an event failed."""
        self._failed.add(event_id)
        if not self.is_open and len(self._failed) < THRESHOLD:
            return
        self._pause = min(self._pause * 2, LONGEST_PAUSE) or FIRST_PAUSE
        self._closed_until, self._trial = now + self._pause, False
        logger.error(
            "%s: %d events failed in a row; one tries again in %.0f s, the others wait",
            self._consumer,
            len(self._failed),
            self._pause,
        )
