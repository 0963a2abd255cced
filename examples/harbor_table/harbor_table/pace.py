"""How long people take, in seconds."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Ranges (shortest, longest) for what people do; ``look`` is the pause between two looks at a list."""

    look: float
    queueing: tuple[float, float]
    cooking: tuple[float, float]
    fetching: tuple[float, float]
    arriving: tuple[float, float]

    def queue(self, dice: random.Random) -> float:
        """Return how long a ticket waits for a free hand."""
        return dice.uniform(*self.queueing)

    def cook(self, dice: random.Random) -> float:
        """Return how long a ticket is worked on."""
        return dice.uniform(*self.cooking)

    def fetch(self, dice: random.Random) -> float:
        """Return how long a guest takes to come to the counter."""
        return dice.uniform(*self.fetching)

    def arrive(self, dice: random.Random) -> float:
        """Return how long until the next guest comes."""
        return dice.uniform(*self.arriving)


LEISURELY = Pace(look=0.7, queueing=(0.5, 3.0), cooking=(3.0, 12.0), fetching=(2.0, 5.0), arriving=(1.0, 4.0))
"""For people who watch."""

RUSHED = Pace(look=0.1, queueing=(0.0, 0.05), cooking=(0.0, 0.1), fetching=(0.0, 0.05), arriving=(0.0, 0.0))
"""For campaigns."""
