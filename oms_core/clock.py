"""Time, as something that can be replaced."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; injected wherever a rule depends on it."""

    def now(self) -> datetime:
        """Return the present instant, aware and in UTC, to the microsecond."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that moves only when told to; for tests and simulation."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Return the instant that was set last."""
        return self._at

    def set(self, at: datetime) -> None:
        """Move the clock."""
        self._at = at
