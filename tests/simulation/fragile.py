"""Coroutines that may die at any await, and that others run between any two of."""

from __future__ import annotations

import random
from collections.abc import Coroutine, Generator
from typing import Any


class Crash(BaseException):
    """The process ends here: what it had not committed never happened."""


class Fragile:
    """Awaits ``work``; at each of its awaits it may pause for some turns of the loop, or die."""

    def __init__(self, work: Coroutine[Any, Any, Any], chance: random.Random, *, death: float) -> None:
        self._work = work
        self._chance = chance
        self._death = death

    def __await__(self) -> Generator[Any, Any, Any]:
        inner = self._work.__await__()
        waited = next(inner)
        while True:
            try:
                for _ in range(self._chance.randrange(3)):
                    yield None
                if self._chance.random() < self._death:
                    inner.throw(Crash())
                    raise AssertionError("a process that dies is not asked")
                sent = yield waited
                waited = inner.send(sent)
            except StopIteration as end:
                return end.value
