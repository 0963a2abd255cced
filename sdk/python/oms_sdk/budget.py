"""How much of the traffic may be repeats: a server that is down is not helped by everybody asking thrice."""

from __future__ import annotations

from threading import Lock


class RetryBudget:
    """Each call earns a share of a repeat, each repeat costs a whole one; ``reserve`` is where it begins.

    So a single fault is always repeated, and while everything fails the traffic grows by ``share`` at most.
    May be shared between clients and threads.
    """

    def __init__(self, *, share: float = 0.1, reserve: float = 20.0) -> None:
        self._share = share
        self._reserve = self._left = reserve
        self._lock = Lock()

    def earn(self) -> None:
        """Count one call."""
        with self._lock:
            self._left = min(self._reserve, self._left + self._share)

    def spend(self) -> bool:
        """Take one repeat, if there is one left."""
        with self._lock:
            if self._left < 1:
                return False
            self._left -= 1
            return True
