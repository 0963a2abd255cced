"""Ctrl-C and its relatives, for a program that has something to clear up."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine

from harbor_table.api import plain
from oms_sdk import OMSError

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def until_interrupted(work: Coroutine[object, object, None], *, again: Callable[[], None]) -> bool:
    """Run ``work`` to its end, or cancel it at the first signal; returns whether a signal came.

    ``again`` is called for every further signal. What work raises comes out alone, not in a group.
    """
    loop, task, signals = asyncio.get_running_loop(), asyncio.ensure_future(work), []

    def on_signal(number: signal.Signals) -> None:
        signals.append(number)
        (again if len(signals) > 1 else task.cancel)()

    for number in SIGNALS:
        loop.add_signal_handler(number, on_signal, number)
    try:
        await task
    except asyncio.CancelledError:
        if not signals:
            raise
    except BaseExceptionGroup as group:
        raise plain(first_of(group)) from group
    except OMSError as error:
        raise plain(error) from error
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
    return bool(signals)


def first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first error in a group of groups."""
    first = group.exceptions[0]
    return first_of(first) if isinstance(first, BaseExceptionGroup) else first
