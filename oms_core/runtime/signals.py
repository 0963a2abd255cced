"""What ends the process: signals, or the end of a parent; nobody else listens to them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager

ENDING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stop_requested(*, with_parent: bool = False) -> Iterator[asyncio.Event]:
    """Give an event that SIGINT or SIGTERM sets; a second signal ends the process at once.

    ``with_parent``: the end of standard input sets it too. A parent that holds the other end of that pipe
    takes this process along however it dies.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_signal(number: signal.Signals) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    def on_input() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin.fileno())
            stop.set()

    for number in ENDING:
        loop.add_signal_handler(number, on_signal, number)
    if with_parent:
        loop.add_reader(sys.stdin.fileno(), on_input)
    try:
        yield stop
    finally:
        if with_parent:
            loop.remove_reader(sys.stdin.fileno())
        for number in ENDING:
            loop.remove_signal_handler(number)


async def done_before(stop: asyncio.Event, work: Coroutine[object, object, object]) -> bool:
    """Do ``work``, which is cancelled once ``stop`` is set; say whether it was done all the same.

    Raises what ``work`` raises.
    """
    working, told = asyncio.ensure_future(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([working, told], return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()
        working.cancel()  # no matter if it is done
    await asyncio.wait([working])
    if working.cancelled():
        return False
    working.result()
    return True
