"""When to try again, and when to give up."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Some attempts at once, then ever rarer ones, then none: eight in 71 minutes as it stands.

    ``soon`` and ``later`` are seconds; every wait is stretched by up to half at random, so that what
    failed together does not come back together. ``chance`` returns the randomness, from 0 to 1.
    """

    immediate: int = 3
    soon: float = 0.05
    later: tuple[float, ...] = (10.0, 60.0, 600.0, 3600.0)
    chance: Callable[[], float] = random.random

    @property
    def attempts(self) -> int:
        """How many attempts an event has before it is dead."""
        return 1 + self.immediate + len(self.later)

    def wait(self, attempts: int) -> timedelta | None:
        """Return the wait after ``attempts`` failed ones, or None when it is time to give up."""
        if attempts >= self.attempts:
            return None
        seconds = self.soon if attempts <= self.immediate else self.later[attempts - self.immediate - 1]
        return timedelta(seconds=seconds * (1 + self.chance() / 2))
