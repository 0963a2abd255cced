"""When to try again, and when to give up."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Some attempts at once, then ever rarer ones, then none: eight in 71 minutes as it stands.

    ``soon`` and ``later`` are seconds; every wait is stretched by up to half at random, so that what
    failed together does not come back together. ``chance`` returns the randomness, from 0 to 1.
    ``exceptions`` have policies of their own: the first that fits counts.

    ::

        RetryPolicy().giving_up_on(InvalidArgument).for_error(Unavailable, RetryPolicy(later=(5,) * 100))
    """

    immediate: int = 3
    soon: float = 0.05
    later: tuple[float, ...] = (10.0, 60.0, 600.0, 3600.0)
    chance: Callable[[], float] = random.random
    exceptions: tuple[tuple[type[Exception], RetryPolicy], ...] = ()

    @property
    def attempts(self) -> int:
        """How many attempts an event has before it is dead."""
        return 1 + self.immediate + len(self.later)

    def for_error(self, kind: type[Exception], policy: RetryPolicy) -> RetryPolicy:
        """Return this policy with another one for errors of ``kind``."""
        return replace(self, exceptions=(*self.exceptions, (kind, policy)))

    def giving_up_on(self, *kinds: type[Exception]) -> RetryPolicy:
        """Return this policy with no second attempt after errors of these kinds."""
        never = RetryPolicy(immediate=0, later=())
        return replace(self, exceptions=(*self.exceptions, *((kind, never) for kind in kinds)))

    def wait(self, attempts: int, error: BaseException | None = None) -> timedelta | None:
        """Return the wait after ``attempts`` failed ones, or None when it is time to give up.

        An error that says when to come back (``retry_after``, in seconds) is taken at its word.
        """
        for kind, policy in self.exceptions:
            if isinstance(error, kind):
                return policy.wait(attempts, error)
        if attempts >= self.attempts:
            return None
        seconds = self.soon if attempts <= self.immediate else self.later[attempts - self.immediate - 1]
        wanted = getattr(error, "retry_after", None) or 0.0
        return timedelta(seconds=max(seconds * (1 + self.chance() / 2), wanted))
