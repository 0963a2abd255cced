"""What is delivered on one side, as a stream on the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable
from contextvars import Context as Variables
from typing import TypeVar

T = TypeVar("T")
Deliver = Callable[[T], Awaitable[None]]
"""Takes one message, and returns when there is room for the next."""


class _End:
    """What comes behind the last message."""


async def pulled(
    produce: Callable[[Deliver[T]], Awaitable[None]], variables: Variables
) -> AsyncGenerator[T, None]:
    """Give what ``produce`` delivers, in a task of its own among ``variables``; one message ahead at most.

    What it raises is raised at the end; closing the generator cancels it and waits for it.
    """
    items: asyncio.Queue[T | _End] = asyncio.Queue()
    room = asyncio.Semaphore()

    async def deliver(item: T) -> None:
        await room.acquire()
        items.put_nowait(item)

    async def run() -> None:
        await produce(deliver)

    producer = asyncio.create_task(run(), context=variables)
    producer.add_done_callback(lambda _: items.put_nowait(_End()))
    try:
        while not isinstance(item := await items.get(), _End):
            room.release()
            yield item
        producer.result()
    finally:
        producer.cancel()
        await asyncio.wait([producer])


async def pump(source: AsyncIterable[T], deliver: Deliver[T]) -> None:
    """Deliver everything that ``source`` gives."""
    async for item in source:
        await deliver(item)
