"""What came out of a campaign."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from harbor_table.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict and its circumstances; ``seconds`` are from the first start to the verdict."""

    verdict: Verdict
    orders: int
    kills: int
    seconds: float
    seed: int

    @property
    def good(self) -> bool:
        """Whether everything that was ordered was handed over, exactly once."""
        verdict = self.verdict
        clean = not (verdict.lost or verdict.duplicated or verdict.unacknowledged)
        return clean and verdict.completed == self.orders

    def as_json(self) -> dict[str, int | float]:
        """Return the outcome as one flat object."""
        details = {name: count for name, count in asdict(self.verdict).items() if name != "completed"}
        return {
            "orders": self.orders,
            "completed": self.verdict.completed,
            "lost": self.verdict.lost,
            "duplicated": self.verdict.duplicated,
            "kills": self.kills,
            "seconds": round(self.seconds, 1),
            **details,
            "seed": self.seed,
        }
