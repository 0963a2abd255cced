"""The loop that brings waiting deliveries and their handlers together."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Collection

from oms_core.clock import Clock
from oms_core.messaging.envelope import Slot
from oms_core.messaging.handling import Handling
from oms_core.messaging.pulse import Pulse
from oms_core.messaging.store import DeliveryStore, Lease, Leases

logger = logging.getLogger("oms.events")

DRAIN_TIMEOUT = 20.0
"""Seconds that running handlers have to finish when the process is asked to end."""


class Consumers:
    """Handles deliveries one after the other in each slot, several slots at once.

    ``concurrency`` limits the handlers that run at once in all, ``per_consumer`` those of one consumer, so
    that one which hangs leaves room for others. Sleeps until ``wake`` or for ``poll`` seconds.

    A slot (one consumer's partition) is leased while it has work, so that two processes never handle
    events of one aggregate for one consumer at once.
    """

    def __init__(
        self,
        store: DeliveryStore,
        leases: Leases,
        handling: Handling,
        *,
        clock: Clock,
        poll: float = 0.25,
        concurrency: int = 8,
        per_consumer: int = 4,
    ) -> None:
        self._store = store
        self._leases = leases
        self._handling = handling
        self._clock = clock
        self._pulse = Pulse(poll)
        self._room = asyncio.Semaphore(concurrency)
        self._rooms = {consumer: asyncio.Semaphore(per_consumer) for consumer in handling.consumers}
        self._working: dict[Slot, asyncio.Task[None]] = {}
        self._again: set[Slot] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start consuming in tasks of their own, away from whatever context this is called in."""
        self._task = asyncio.create_task(self._run(), name="oms consumers", context=contextvars.Context())

    def wake(self, slots: Collection[Slot] = ()) -> None:
        """Say where deliveries wait, or with no slots that some may wait somewhere."""
        if self._task is None or self._pulse.stopped:
            return
        for slot in slots:
            self._work(slot)
        if not slots:
            self._pulse.beat()

    async def drain(self, timeout: float = DRAIN_TIMEOUT) -> None:  # noqa: ASYNC109 - a promise, not a limit
        """Take nothing more, give running handlers ``timeout`` seconds, cancel the rest; leave no task."""
        self._pulse.stop()
        if self._task is not None:
            await self._task
        if working := set(self._working.values()):
            _, late = await asyncio.wait(working, timeout=timeout)
            for task in late:
                task.cancel()
            if late:
                logger.warning("drain: %d handlers took longer than %.0f s; cancelled", len(late), timeout)
            await asyncio.gather(*working, return_exceptions=True)

    async def _run(self) -> None:
        consumers = self._handling.consumers
        while not self._pulse.stopped:
            try:
                for slot in await self._store.due(consumers, now=self._clock.now()):
                    self._work(slot)
            except Exception as error:
                # Nothing that happens to one look may end the loop.
                logger.warning("consumers: %s: %s; trying again", type(error).__name__, error)
                await self._pulse.pause()
                continue
            self._pulse.well()
            await self._pulse.wait()

    def _work(self, slot: Slot) -> None:
        """See to it that the slot is looked at from now on; it may be at work already."""
        if slot.consumer not in self._handling.consumers or self._pulse.stopped:
            return
        if slot in self._working:
            self._again.add(slot)
            return
        # A context of its own: woken by a commit, this would run with the committer's caller and claim.
        task = asyncio.create_task(self._empty(slot), name=f"oms {slot}", context=contextvars.Context())
        self._working[slot] = task
        task.add_done_callback(lambda _: self._rest(slot))

    def _rest(self, slot: Slot) -> None:
        del self._working[slot]
        if slot in self._again:
            self._again.discard(slot)
            self._work(slot)

    async def _empty(self, slot: Slot) -> None:
        try:
            async with self._leases.lease(slot) as lease:
                while lease.held and not self._pulse.stopped:
                    async with self._rooms[slot.consumer], self._room:
                        if not await self._handle_next(slot, lease):
                            return
        except Exception as error:
            # The delivery is still there: the next look finds it.
            logger.warning("%s: %s: %s; trying again", slot, type(error).__name__, error)

    async def _handle_next(self, slot: Slot, lease: Lease) -> bool:
        # It may have waited for room: the lease may be lost by now, or the process asked to end.
        if not lease.held or self._pulse.stopped:
            return False
        breaker = self._handling.breaker(slot.consumer)
        if not breaker.admits(asyncio.get_running_loop().time()):
            return False
        self._again.discard(slot)
        delivery = await self._store.take(slot, now=self._clock.now())
        if delivery is None:
            breaker.nothing_taken()
            return False
        for waiting in await self._handling.handle(delivery):
            self._work(waiting)
        return True
