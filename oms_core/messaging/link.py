"""The one session that a process keeps to itself: its leases, its single statements, its wake-up calls."""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
import logging
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from oms_core.messaging.envelope import Slot
from oms_core.messaging.pulse import Pulse
from oms_core.messaging.session import Connect
from oms_core.storage import Record

logger = logging.getLogger("oms.events")

OUTBOX, DELIVERIES = "oms_outbox", "oms_delivery"
"""Channels on which processes tell each other that there is work."""

Heard = Callable[[Sequence[str]], None]
"""What to do on a call; its words say where the work is, none that it may be anywhere."""

_GAP = 0.02
"""Seconds between two NOTIFYs: each takes a lock on the whole server at its commit."""
_LOOK = 5.0
"""Seconds between two looks at a quiet connection."""
_LONGEST_CALL = 7000
"""PostgreSQL carries 8000 bytes; longer calls say nothing but that there is work."""

_LINGER = 0.5
"""Seconds for which a lease is kept when its slot is empty: the next event is seldom far."""

_LOCK = "select pg_try_advisory_lock($1)"
_UNLOCK = "select pg_advisory_unlock($1)"
_CALL = "select pg_notify($1, $2)"


class Link:
    """Holds leases, runs single statements and carries wake-up calls, as role ``oms_relay``.

    Leases and calls need a session that lasts, so this connection must not go through a pooler that shares
    sessions between transactions. When it breaks, its leases are free for others (PostgreSQL ends them with
    the session, also after kill -9) and it is made anew. ``channels`` says what to do on a call.

    What a lease protects is done on this same session: without the lease, no statement. And a statement
    is a transaction of its own here, which saves the round trips of BEGIN and COMMIT.
    """

    def __init__(self, connect: Connect, channels: Mapping[str, Heard]) -> None:
        self._connect = connect
        self._channels = channels
        self._calls: dict[str, set[str]] = {}
        self._pulse = Pulse(_LOOK)
        self._busy = asyncio.Lock()
        self._lingering: dict[Slot, asyncio.TimerHandle] = {}
        self._returning: set[asyncio.Task[bool]] = set()
        self._connection: Any = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect, and keep connected until ``stop``; a first connection that fails is tried again."""
        opened = asyncio.Event()
        self._task = asyncio.create_task(self._run(opened), name="oms link", context=contextvars.Context())
        await opened.wait()

    def call(self, channel: str, words: Collection[str] = ()) -> None:
        """Wake whoever listens to ``channel`` in other processes, soon and not too often."""
        self._calls.setdefault(channel, set()).update(words)
        self._pulse.beat()

    async def stop(self) -> None:
        """Close the connection, and with it all leases."""
        self._pulse.stop()
        if self._task is not None:
            await self._task

    @asynccontextmanager
    async def lease(self, slot: Slot) -> AsyncIterator[SessionLease]:
        """Try to lease a slot for the block; kept a little longer, for the next one."""
        connection = self._connection
        granted = connection is not None and await self._granted(connection, slot)
        try:
            yield SessionLease(connection, granted=granted)
        finally:
            if granted and connection is self._connection:
                loop = asyncio.get_running_loop()
                self._lingering[slot] = loop.call_later(_LINGER, self._give_back, connection, slot)

    async def _granted(self, connection: Any, slot: Slot) -> bool:
        if (lingering := self._lingering.pop(slot, None)) is not None:
            lingering.cancel()
            return True
        return await self._ask(connection, _LOCK, _key(slot))

    def _give_back(self, connection: Any, slot: Slot) -> None:
        del self._lingering[slot]
        if connection is self._connection and not connection.is_closed():
            task = asyncio.create_task(self._ask(connection, _UNLOCK, _key(slot)))
            self._returning.add(task)
            task.add_done_callback(self._returned)

    def _returned(self, task: asyncio.Task[bool]) -> None:
        self._returning.discard(task)
        # A connection that broke meanwhile has given the lease back by itself.
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.debug("link: a lease was not given back: %s", error)

    async def fetchrow(self, statement: str, *arguments: object) -> Record | None:
        """Run one statement and return its first row, if any; raises ConnectionError while cut off."""
        # Taken before waiting: a session made anew meanwhile would not have the caller's lease.
        connection = self._connection
        if connection is None:
            raise ConnectionError("the link to the database is down")
        async with self._busy:
            row: Record | None = await connection.fetchrow(statement, *arguments)
            return row

    async def _ask(self, connection: Any, statement: str, *arguments: object) -> bool:
        async with self._busy:
            return await connection.fetchval(statement, *arguments) is True

    async def _run(self, opened: asyncio.Event) -> None:
        while not self._pulse.stopped:
            try:
                self._connection = connection = await self._open()
                opened.set()
                self._pulse.well()
                await self._carry(connection)
            except Exception as error:
                # Whatever broke it, a lost connection is made anew.
                logger.warning("link: %s: %s; connecting again", type(error).__name__, error)
                await self._pulse.pause()
            finally:
                await self._close()
        opened.set()

    async def _open(self) -> Any:
        connection = await self._connect()
        connection.add_termination_listener(lambda _: self._pulse.beat())
        for channel in self._channels:
            await connection.add_listener(channel, self._heard)
        return connection

    def _heard(self, connection: Any, sender: int, channel: str, payload: object) -> None:
        if sender != connection.get_server_pid():
            self._channels[channel](str(payload).split())

    async def _carry(self, connection: Any) -> None:
        while not self._pulse.stopped:
            await self._pulse.wait()
            if connection.is_closed():
                raise ConnectionError("the connection was closed by the server")
            if not self._calls:
                continue
            calls, self._calls = self._calls, {}
            for channel, words in calls.items():
                text = " ".join(sorted(words))
                await self._ask(connection, _CALL, channel, text if len(text) < _LONGEST_CALL else "")
            await asyncio.sleep(_GAP)

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        # Leases end with their session.
        for lingering in self._lingering.values():
            lingering.cancel()
        self._lingering.clear()
        await asyncio.gather(*self._returning, return_exceptions=True)
        if connection is None or connection.is_closed():
            return
        try:
            await connection.close(timeout=1)
        except Exception:
            connection.terminate()


class SessionLease:
    """A lease that lasts as long as its session."""

    def __init__(self, connection: Any, *, granted: bool) -> None:
        self._connection = connection
        self._granted = granted

    @property
    def held(self) -> bool:
        """Whether the lease was granted and its connection is still open."""
        return self._granted and not self._connection.is_closed()


def _key(slot: Slot) -> int:
    digest = hashlib.blake2b(f"oms.delivery:{slot}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
