"""A connection to the broker that is made anew, with jitter, whenever it breaks."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable

from aio_pika import connect
from aio_pika.abc import AbstractConnection
from pamqp.common import FieldTable

from oms_core.messaging.broker import Broker
from oms_core.messaging.pulse import Pulse

logger = logging.getLogger("oms.events")

CONNECT_SECONDS = 5.0
_CLOSE_SECONDS = 2.0
_IDLE = 60.0

Serve = Callable[[AbstractConnection], Awaitable[None]]
"""Uses a connection until it is told to stop; whatever it raises ends the connection, and another is made."""


class BrokerUnavailable(Exception):
    """The broker is away, or has not confirmed what it was given; later it may."""


class BrokerConnection:
    """Keeps one connection, for one purpose.

    RabbitMQ blocks connections that publish when it runs short of memory or disk, so those that consume
    are others. Starting does not wait for the broker: what needs it says so until it is there.
    """

    def __init__(self, broker: Broker, purpose: str, serve: Serve) -> None:
        self._broker = broker
        self._purpose = purpose
        self._serve = serve
        self._pulse = Pulse(_IDLE)
        self._task: asyncio.Task[None] | None = None
        self._serving: asyncio.Task[None] | None = None
        self.trouble = "not connected yet"
        """Why there is no connection; empty while there is one."""

    def start(self) -> None:
        """Connect, and stay connected until ``stop``."""
        name = f"oms broker {self._purpose}"
        self._task = asyncio.create_task(self._run(), name=name, context=contextvars.Context())

    def well(self) -> None:
        """Say that the connection does what it is for."""
        self.trouble = ""
        self._pulse.well()

    async def stop(self) -> None:
        """Close the connection and leave no task."""
        self._pulse.stop()
        if self._serving is not None:
            self._serving.cancel()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while not self._pulse.stopped:
            try:
                await self._once()
            except Exception as error:
                # Whatever broke it: a broker that is away, a refused login, a closed channel.
                self.trouble = f"{type(error).__name__}: {error}"
                logger.warning("broker (%s): %s; connecting again", self._purpose, self.trouble)
                await self._pulse.pause()

    async def _once(self) -> None:
        name: FieldTable = {"connection_name": f"oms {self._purpose}"}
        connection = await connect(self._broker.address, timeout=CONNECT_SECONDS, client_properties=name)
        self._serving = asyncio.create_task(_until_closed(connection, self._serve))
        try:
            if not self._pulse.stopped:
                await asyncio.wait([self._serving])
                if not self._serving.cancelled():
                    self._serving.result()
        finally:
            self._serving.cancel()
            self.trouble = self.trouble or "the connection was closed"
            await _close(connection)


async def _until_closed(connection: AbstractConnection, serve: Serve) -> None:
    """Serve until the connection is closed, which raises BrokerUnavailable."""
    serving = asyncio.ensure_future(serve(connection))
    closed = asyncio.ensure_future(connection.closed())
    try:
        await asyncio.wait([serving, closed], return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
        raise BrokerUnavailable("the broker closed the connection")
    finally:
        for task in (serving, closed):
            task.cancel()
        await asyncio.gather(serving, closed, return_exceptions=True)


async def _close(connection: AbstractConnection) -> None:
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await connection.close()
    except Exception as error:
        logger.debug("broker: a connection was not closed in time: %s", error)
