"""The history for handlers that are new, while everything else is at work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from oms_core.messaging import Newcomers

logger = logging.getLogger("oms.events")

_AGAIN = 5.0


@contextmanager
def replaying(newcomers: Newcomers) -> Iterator[None]:
    """Replay the log to those that are held; what the block's end cuts off is done at the next start."""
    task = asyncio.create_task(_replay(newcomers), name="oms newcomers")
    try:
        yield
    finally:
        task.cancel()


async def _replay(newcomers: Newcomers) -> None:
    while True:
        try:
            await newcomers.replay()
        except Exception as error:
            # A database that is away: the hold is still there.
            logger.warning("history: %s: %s; trying again", type(error).__name__, error)
            await asyncio.sleep(_AGAIN)
            continue
        return
