"""What is done once a day while the application runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from oms_core.clock import Clock
from oms_core.messaging.housekeeping import forget

logger = logging.getLogger("oms.daily")

DAY = 86_400.0


@contextmanager
def daily(dsn: str, *, clock: Clock) -> Iterator[None]:
    """Forget what is past its time, at the start and every day, until the block ends."""
    task = asyncio.create_task(_repeat(dsn, clock), name="oms daily")
    try:
        yield
    finally:
        task.cancel()


async def _repeat(dsn: str, clock: Clock) -> None:
    while True:
        try:
            gone = await forget(dsn, now=clock.now())
            if gone.inbox or gone.keys:
                logger.info("forgot %d inbox notes and %d idempotency keys", gone.inbox, gone.keys)
        except Exception as error:
            # A login that may not become oms_maintenance, a database that is away: nobody else would tell.
            logger.warning("housekeeping has to wait for tomorrow: %s: %s", type(error).__name__, error)
        await asyncio.sleep(DAY)
