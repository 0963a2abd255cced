"""When too many events wait to leave, callers are asked to come back later."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Callable

from oms_core.messaging.pulse import Pulse
from oms_core.storage import Database

logger = logging.getLogger("oms.events")

OUTBOX_LIMIT = 50_000
"""Events that may wait in the outbox; an hour without a broker at 14 events a second."""

_LOOK = 1.0
_WAITING = "select count(*) from (select from oms.outbox limit $1) waiting"


class Pressure:
    """Looks at the outbox every second; closes at ``limit`` waiting events, opens again at half of that.

    Half: it would open and close with every turn of the relay otherwise.
    """

    def __init__(
        self,
        database: Database,
        *,
        limit: int = OUTBOX_LIMIT,
        close: Callable[[str], None],
        open: Callable[[], None],  # noqa: A002 - the two belong together
        look: float = _LOOK,
    ) -> None:
        self._database = database
        self._limit = limit
        self._close = close
        self._open = open
        self._closed = False
        self._pulse = Pulse(look)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look from now on, in a task of its own."""
        self._task = asyncio.create_task(self._run(), name="oms pressure", context=contextvars.Context())

    async def stop(self) -> None:
        """Look no more."""
        self._pulse.stop()
        if self._task is not None:
            await self._task

    async def look(self) -> None:
        """Count once, and close or open by it."""
        async with self._database.relay() as connection:
            waiting = await connection.fetchval(_WAITING, self._limit)
        if waiting >= self._limit and not self._closed:
            self._closed = True
            logger.error("outbox: %d events or more wait to leave; changes are turned away", self._limit)
            self._close(f"{self._limit} events wait to leave, which is as many as may; try again later")
        elif waiting <= self._limit // 2 and self._closed:
            self._closed = False
            logger.warning("outbox: %d events wait; changes are taken again", waiting)
            self._open()

    async def _run(self) -> None:
        while not self._pulse.stopped:
            try:
                await self.look()
            except Exception as error:
                # Without a database nothing is taken anyway.
                logger.debug("outbox: not counted: %s", error)
            await self._pulse.wait()
