"""The attempts of one call: how long each may take, whether there is another, and how long to wait for it."""

from __future__ import annotations

import random

from oms_sdk.budget import RetryBudget
from oms_sdk.call import Outgoing
from oms_sdk.clock import Clock
from oms_sdk.errors import APIError, APITimeoutError, AuthenticationError, OMSError
from oms_sdk.options import Options

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
LONGEST_RETRY_AFTER = 60.0
"""Seconds; a server that asks for more is not waited for."""


class Attempts:
    """Counts, times and judges; waits for nothing itself."""

    def __init__(self, call: Outgoing, options: Options, clock: Clock, budget: RetryBudget | None) -> None:
        self.count = 0
        self._call = call
        self._options = options
        self._clock = clock
        self._budget = budget
        self._until = clock.monotonic() + options.timeout
        self._renewed = False
        if budget is not None:
            budget.earn()

    def begin(self) -> float:
        """Count an attempt and return the seconds it may take; raises APITimeoutError when none are left."""
        left = self._until - self._clock.monotonic()
        if left <= 0:
            raise self.marked(APITimeoutError(f"{self._call.name}: no answer in {self._options.timeout:g} s"))
        self.count += 1
        return min(left, self._options.attempt_timeout)

    def renews(self, error: OMSError, *, renewable: bool) -> bool:
        """Say whether the attempt failed for a token that another may replace, once a call."""
        if self._renewed or not renewable or not isinstance(error, AuthenticationError):
            return False
        self._renewed = True
        return True

    def pause_after(self, error: OMSError) -> float:
        """Return the seconds until the next attempt; raises ``error`` when there is none."""
        self.marked(error)
        if (
            not (error.transient and self._call.repeatable)
            or self.count > self._options.max_retries + self._renewed
        ):
            raise error
        pause = self._pause(error)
        if self._clock.monotonic() + pause >= self._until:
            raise error
        if self._budget is not None and not self._budget.spend():
            raise error
        return pause

    def marked(self, error: OMSError) -> OMSError:
        """Return the error with what it has to say about this call."""
        error.request_id = error.request_id or self._call.request_id
        error.idempotency_key = self._call.key
        error.attempts = self.count
        return error

    def _pause(self, error: OMSError) -> float:
        ceiling = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (self.count - 1))
        pause = random.uniform(0.0, ceiling)  # noqa: S311 - it spreads callers, and keeps no secret
        asked = error.retry_after if isinstance(error, APIError) else None
        if asked is None:
            return pause
        if asked > LONGEST_RETRY_AFTER:
            raise error
        return max(asked, pause)
