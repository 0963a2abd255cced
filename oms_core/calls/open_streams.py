"""The streams that are open in this process, so that they can be ended before it is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from oms_core.calls.deadline import Deadline
from oms_wire.errors import Unavailable
from oms_wire.method import Method

RETRY_AFTER = 1.0
"""Seconds after which the caller of a stream that was ended may come again, to another process."""


class OpenStreams:
    """Filled while streams run; ended once, on the way down."""

    def __init__(self) -> None:
        self._open: dict[Deadline, Method[Any, Any]] = {}
        self._ending = False

    def __len__(self) -> int:
        return len(self._open)

    @contextmanager
    def including(self, deadline: Deadline, method: Method[Any, Any]) -> Iterator[None]:
        """Count the block as an open stream of ``method``; raises Unavailable when streams are ending."""
        if self._ending:
            raise _going(method)
        self._open[deadline] = method
        try:
            yield
        finally:
            del self._open[deadline]

    def end(self, *, within: float) -> None:
        """Take no more, and end those that are open; it does not wait for them.

        A stream that can be taken up again elsewhere ends now, any other at its own end, but at the latest
        after ``within`` seconds.
        """
        self._ending = True
        for deadline, method in list(self._open.items()):
            if method.cursor is not None:
                deadline.cut(_going(method))
        if self._open:
            asyncio.get_running_loop().call_later(within, self._end_rest)

    def _end_rest(self) -> None:
        for deadline, method in list(self._open.items()):
            deadline.cut(_going(method))


def _going(method: Method[Any, Any]) -> Unavailable:
    return Unavailable(
        "SERVER_STOPPING",
        f"{method.full_name}: this server stops; call again"
        + (", with the cursor of the last message" if method.cursor else ""),
        retry_after=RETRY_AFTER,
    )
