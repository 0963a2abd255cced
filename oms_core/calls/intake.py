"""Whether calls that change something are taken for now."""

from __future__ import annotations

from oms_wire.errors import Unavailable
from oms_wire.method import Idempotency

RETRY_SECONDS = 2
"""What a caller who is turned away is told to wait."""


class Intake:
    """Open, or closed for a reason; reads and calls between plugins are always taken."""

    __slots__ = ("_reason",)

    def __init__(self) -> None:
        self._reason = ""

    @property
    def closed(self) -> str:
        """Why nothing is taken; empty while it is."""
        return self._reason

    def close(self, reason: str) -> None:
        """Turn callers away; ``reason`` is for them to read."""
        self._reason = reason

    def open(self) -> None:
        """Take calls again."""
        self._reason = ""

    def admit(self, idempotency: Idempotency) -> None:
        """Return if such a call is taken now; raises Unavailable, with the time to wait."""
        if self._reason and idempotency is not Idempotency.NO_SIDE_EFFECTS:
            raise Unavailable("OVERLOADED", self._reason, retry_after=RETRY_SECONDS)
