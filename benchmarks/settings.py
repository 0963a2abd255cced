"""How thorough a run is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec

from benchmarks.figures import Figure


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """``work`` is a folder that is removed after the run; ``say`` tells the person what happens."""

    work: Path
    short: bool = False
    rewrite: bool = False
    """Write baselines/place_order.sql anew."""
    say: Callable[[str], None] = lambda _: None

    def pick(self, long: int, short: int) -> int:
        """Return the one of two sizes that this run uses."""
        return short if self.short else long


Benchmark = Callable[[Settings], Awaitable[Sequence[Figure]]]
