"""When a happy hour runs and what it gives; no I/O here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from oms_protos.orders.v1 import Adjustment
from oms_protos.types.v1 import Money
from oms_wire.errors import FieldViolation

from happy_hour_protos.v1 import CreateHappyHourRequest

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class Window:
    """When a happy hour runs every week, on the clocks of its location, and what it takes off.

    One that ends no later than it starts ends on the next day.
    """

    weekday: int
    starts: time
    ends: time
    percent_off: int

    def holds(self, local: datetime) -> bool:
        """Say whether it runs at a moment, given as the location's clocks show it.

        Clocks count, not elapsed time: an hour that a change of clocks skips is lost, one that it repeats
        is happy twice.
        """
        clock, today = local.time(), local.isoweekday()
        if self.starts < self.ends:
            return today == self.weekday and self.starts <= clock < self.ends
        yesterday = (today + 5) % 7 + 1
        return (today == self.weekday and self.starts <= clock) or (
            yesterday == self.weekday and clock < self.ends
        )


def percent_at(windows: Iterable[Window], local: datetime) -> int:
    """Return the percent of the best happy hour that runs at a moment; 0: none does."""
    return max((window.percent_off for window in windows if window.holds(local)), default=0)


def discount(amount: int, *, percent: int) -> int:
    """Return ``percent`` (0 to 100) of an amount in minor units, half a unit rounded up."""
    return (amount * percent + 50) // 100


def given_by(adjustments: Iterable[Adjustment], *, plugin: str, code: str) -> Money | None:
    """Return what the adjustments of one plugin and code took off an order, above zero; None: nothing."""
    ours = [one.amount for one in adjustments if (one.plugin, one.code) == (plugin, code) and one.amount]
    given = -sum(money.amount for money in ours)
    return Money(amount=given, currency=ours[0].currency) if given > 0 else None


def check(request: CreateHappyHourRequest) -> list[FieldViolation]:
    """Say what is wrong with a new happy hour."""
    wrong: list[FieldViolation] = []
    if not 1 <= request.weekday <= 7:
        wrong.append(FieldViolation("weekday", "is 1 (Monday) to 7 (Sunday)"))
    for field, value in (("starts", request.starts), ("ends", request.ends)):
        if not _CLOCK.fullmatch(value):
            wrong.append(FieldViolation(field, f'{value!r} is no time such as "16:30"'))
    if not wrong and request.starts == request.ends:
        wrong.append(FieldViolation("ends", "is when it starts: a happy hour is shorter than a day"))
    if not 1 <= request.percent_off <= 100:
        wrong.append(FieldViolation("percent_off", "is 1 to 100"))
    return wrong
