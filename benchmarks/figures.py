"""One measured figure, what it is compared with, and what it may be."""

from __future__ import annotations

from enum import Enum

import msgspec


class Verdict(Enum):
    """How a figure stands against its budget."""

    HOLDS = "holds"
    MISSES = "misses"
    REPORTED = "–"
    """There is no budget: the figure is printed for its own sake."""


class Judged(Enum):
    """What of a figure the budget speaks of."""

    OURS = "ours"
    RATIO = "ratio"
    DIFFERENCE = "difference"


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """A limit: ``at_most`` or ``at_least``, on ours, on ours ÷ baseline, or on ours - baseline."""

    judged: Judged
    at_most: float | None = None
    at_least: float | None = None

    def holds(self, value: float) -> bool:
        """Say whether ``value`` is inside the limits."""
        return (self.at_most is None or value <= self.at_most) and (
            self.at_least is None or value >= self.at_least
        )

    def __str__(self) -> str:
        limit = f"≤ {self.at_most:g}" if self.at_most is not None else f"≥ {self.at_least:g}"
        subject = {Judged.OURS: "", Judged.RATIO: " ×", Judged.DIFFERENCE: " more"}[self.judged]
        return limit + subject


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table. ``ours`` and ``baseline`` are in ``unit``; ``note`` says what limits it."""

    name: str
    unit: str
    ours: float
    baseline: float | None = None
    budget: Budget | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours ÷ baseline."""
        return self.ours / self.baseline if self.baseline else None

    @property
    def verdict(self) -> Verdict:
        """How the figure stands against its budget."""
        if self.budget is None:
            return Verdict.REPORTED
        return Verdict.HOLDS if self.budget.holds(self._judged(self.budget)) else Verdict.MISSES

    def _judged(self, budget: Budget) -> float:
        if budget.judged is Judged.OURS:
            return self.ours
        if self.baseline is None:
            raise ValueError(f"{self.name}: a budget on the {budget.judged.value} needs a baseline")
        return self.ours / self.baseline if budget.judged is Judged.RATIO else self.ours - self.baseline


def ratio(*, at_most: float | None = None, at_least: float | None = None) -> Budget:
    """Return a budget on ours ÷ baseline."""
    return Budget(judged=Judged.RATIO, at_most=at_most, at_least=at_least)


def absolute(*, at_most: float) -> Budget:
    """Return a budget on ours alone."""
    return Budget(judged=Judged.OURS, at_most=at_most)


def extra(*, at_most: float) -> Budget:
    """Return a budget on what ours costs more than the baseline."""
    return Budget(judged=Judged.DIFFERENCE, at_most=at_most)
