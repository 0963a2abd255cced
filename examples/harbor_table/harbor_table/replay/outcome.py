"""What a replay has to tell when it is done."""

from __future__ import annotations

from typing import Literal

import msgspec

from harbor_table.replay.figures import Figures
from harbor_table.replay.sending import Tally


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The sums of what is stored, and what this run had to do with it.

    ``orders`` to ``days`` come from ``source``: the database, or the API of a server that is not ours.
    ``added`` and ``already_there`` add up to what the data set holds; ``sent`` went to the server in this
    run. ``seconds`` are for everything, ``per_second`` is of the orders that were sent while sending.
    """

    orders: int
    items: int
    total_minor: int
    currency: str
    days: int
    added: int
    already_there: int
    sent: int
    seconds: float
    per_second: float
    restarts: int
    source: Literal["database", "api"]

    @property
    def figures(self) -> Figures:
        """The sums alone."""
        return Figures(self.orders, self.items, self.total_minor, self.currency, self.days)


def outcome_of(
    figures: Figures,
    tally: Tally,
    *,
    seconds: float,
    sending: float,
    restarts: int,
    source: Literal["database", "api"],
) -> Outcome:
    """Put together the outcome; ``sending`` is the part of ``seconds`` in which orders were sent."""
    return Outcome(
        orders=figures.orders,
        items=figures.items,
        total_minor=figures.total_minor,
        currency=figures.currency,
        days=figures.days,
        added=tally.added,
        already_there=tally.already_there,
        sent=tally.sent,
        seconds=round(seconds, 1),
        per_second=round(tally.sent / sending, 1) if tally.sent else 0.0,
        restarts=restarts,
        source=source,
    )
