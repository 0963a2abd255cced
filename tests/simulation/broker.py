"""A broker that loses confirms, repeats, delays, and mixes its partitions up; never the events of one."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Collection, Sequence

from oms_core.messaging import Envelope, Slot
from oms_core.messaging.store import RelayTurn
from oms_core.messaging.subscription import Routes
from oms_core.messaging.transport import fan_out
from oms_core.storage import PARTITIONS
from oms_core.testing.memory_events import MemoryStore


class SimulatedBroker:
    """One queue for each partition; a message stays until it is acknowledged.

    ``trouble`` is how likely each fault is; ``mute`` is the control that reports what was lost as safe.
    """

    def __init__(self, chance: random.Random, *, mute: bool = False) -> None:
        self._chance = chance
        self._mute = mute
        self.trouble = 0.15
        self.queues: list[deque[Envelope]] = [deque() for _ in range(PARTITIONS)]

    @property
    def is_empty(self) -> bool:
        return not any(self.queues)

    async def publish(self, _: RelayTurn, envelopes: Sequence[Envelope], /) -> Collection[Slot]:
        """Take what comes before the first fault; after one, nobody knows how much that was."""
        fate = self._chance.randrange(len(envelopes) + 1) if self._faulty() else None
        for number, envelope in enumerate(envelopes):
            await asyncio.sleep(0)
            if number == fate:
                break
            self.queues[envelope.part].append(envelope)
            if self._faulty():
                self.queues[envelope.part].append(envelope)
        await asyncio.sleep(0)
        if fate is not None and not self._mute:
            raise ConnectionError("no confirm")
        return ()

    async def receive(self, store: MemoryStore, routes: Routes) -> bool:
        """Do what a receiver does with one partition; False: there is nothing to receive."""
        parts = [part for part, queue in enumerate(self.queues) if queue]
        if not parts:
            return False
        queue = self.queues[self._chance.choice(parts)]
        batch = [queue[place] for place in range(self._chance.randint(1, len(queue)))]
        async with store.relay_turn() as turn:
            await fan_out(turn, batch, routes)
        await asyncio.sleep(0)
        if self._faulty():
            return True  # the acknowledgement is lost: all of it comes again
        for _ in batch:
            queue.popleft()
        return True

    def _faulty(self) -> bool:
        return self._chance.random() < self.trouble
