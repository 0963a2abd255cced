"""Waiting for a request without ever cancelling it.

httpcore 1.0 loses a place in its pool for good when a request is cancelled between taking a connection and
opening it (https://github.com/encode/httpcore/issues/1093): under a bad network all places are gone after a
while, and a healthy server is not asked any more. So a request that nobody waits for goes on to its own end,
which httpx's timeouts bring about.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_alone: set[asyncio.Future[Any]] = set()


async def within(seconds: float, request: Coroutine[Any, Any, T]) -> T:
    """Return what ``request`` returns; raises TimeoutError after ``seconds``."""
    task = asyncio.ensure_future(request)
    try:
        done, _ = await asyncio.wait([task], timeout=seconds)
    except asyncio.CancelledError:
        _leave(task)
        raise
    if not done:
        _leave(task)
        raise TimeoutError
    return task.result()


def _leave(task: asyncio.Future[Any]) -> None:
    """Let a request end by itself; what becomes of it is nobody's business any more."""
    _alone.add(task)  # the loop itself holds its tasks but loosely
    task.add_done_callback(_forget)


def _forget(task: asyncio.Future[Any]) -> None:
    _alone.discard(task)
    if not task.cancelled():
        task.exception()
