"""From the outbox to the transport, in turn for each aggregate, however many relays there are."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Callable, Collection

from oms_core.messaging.envelope import Slot
from oms_core.messaging.pulse import Pulse
from oms_core.messaging.store import OutboxStore
from oms_core.messaging.transport import Transport
from oms_core.steps import step
from oms_core.storage import PARTITIONS

logger = logging.getLogger("oms.events")


def _nobody(_: Collection[Slot]) -> None:
    """Tell nobody."""


_GAP = 0.04
"""Seconds from one turn to the next while events keep coming, so that a turn moves several of them."""


class Relay:
    """Moves committed events out of the outbox.

    Sleeps until ``wake`` or for ``poll`` seconds. A partition is leased while its rows move, so that two
    relays never carry events of one aggregate at once; ``most`` limits the leases of one turn, ``batch``
    its rows.
    """

    def __init__(
        self,
        store: OutboxStore,
        transport: Transport,
        *,
        on_relayed: Callable[[Collection[Slot]], None] = _nobody,
        poll: float = 0.25,
        batch: int = 200,
        most: int = PARTITIONS,
    ) -> None:
        self._store = store
        self._transport = transport
        self._on_relayed = on_relayed
        self._batch = batch
        self._most = most
        self._first = 0
        self._pulse = Pulse(poll)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start relaying in a task of its own, away from whatever context this is called in."""
        self._task = asyncio.create_task(self._run(), name="oms relay", context=contextvars.Context())

    def wake(self) -> None:
        """Say that the outbox has rows; costs nothing when it is said often."""
        self._pulse.beat()

    async def stop(self) -> None:
        """Finish the turn that is under way and stop; what remains is the next relay's."""
        self._pulse.stop()
        if self._task is not None:
            await self._task

    async def relay_once(self) -> int:
        """Move one batch; return how many events it had."""
        async with self._store.relay_turn() as turn:
            parts = await turn.lease(self._preferred(), most=self._most)
            if not parts:
                return 0
            step("relay.leased")
            envelopes = await turn.take(parts, limit=self._batch)
            step("relay.taken")
            slots = await self._transport.publish(turn, envelopes)
            step("relay.published")
        step("relay.committed")
        self._on_relayed(slots)
        return len(envelopes)

    def _preferred(self) -> list[int]:
        # Another first partition each time, so that none is starved by its neighbours.
        self._first = (self._first + 1) % PARTITIONS
        return [(self._first + offset) % PARTITIONS for offset in range(PARTITIONS)]

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._pulse.stopped:
            began = loop.time()
            try:
                moved = await self.relay_once()
            except Exception as error:
                # Nothing that happens to one turn may end the relay.
                logger.warning("relay: %s: %s; trying again", type(error).__name__, error)
                await self._pulse.pause()
                continue
            self._pulse.well()
            if moved == self._batch:
                continue
            await self._pulse.wait()
            await self._pulse.rest(began + _GAP - loop.time())
