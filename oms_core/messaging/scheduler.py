"""Events whose time has come leave for the outbox."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Callable

from oms_core.clock import Clock
from oms_core.messaging.pulse import Pulse
from oms_core.messaging.store import ScheduleStore
from oms_core.steps import step

logger = logging.getLogger("oms.events")

_BATCH = 200
_LOOK = 1.0


class Scheduler:
    """Publishes scheduled events; any number of processes may do so at once, each event leaves once."""

    def __init__(
        self, store: ScheduleStore, *, clock: Clock, on_published: Callable[[], None], look: float = _LOOK
    ) -> None:
        self._store = store
        self._clock = clock
        self._on_published = on_published
        self._pulse = Pulse(look)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look every second, in a task of its own."""
        self._task = asyncio.create_task(self._run(), name="oms scheduler", context=contextvars.Context())

    async def stop(self) -> None:
        """Finish what is under way and look no more."""
        self._pulse.stop()
        if self._task is not None:
            await self._task

    async def publish_due(self) -> int:
        """Publish what is due, oldest first, at most a batch; return how many events that were."""
        moved = await self._store.publish_due(now=self._clock.now(), limit=_BATCH)
        step("scheduler.published")
        if moved:
            self._on_published()
        return moved

    async def _run(self) -> None:
        while not self._pulse.stopped:
            try:
                while await self.publish_due() == _BATCH:
                    pass
            except Exception as error:
                # Nothing that happens to one look may end the loop.
                logger.warning("scheduler: %s: %s; trying again", type(error).__name__, error)
                await self._pulse.pause()
                continue
            self._pulse.well()
            await self._pulse.wait()
