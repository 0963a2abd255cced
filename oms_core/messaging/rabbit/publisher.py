"""The relay's way to the broker: a whole batch at once, safe when every confirm is there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence

from aio_pika.abc import AbstractConnection
from aiormq import Channel

from oms_core.messaging.broker import Broker, routing_key
from oms_core.messaging.envelope import Envelope, Slot
from oms_core.messaging.rabbit.connection import BrokerConnection, BrokerUnavailable
from oms_core.messaging.rabbit.message import to_message
from oms_core.messaging.rabbit.topology import declare_queues
from oms_core.messaging.store import RelayTurn
from oms_core.messaging.subscription import Wanted

logger = logging.getLogger("oms.events")

PUBLISH_SECONDS = 10.0
"""Seconds that a confirm may take. A broker short of memory or disk gives none, and says nothing."""


class RabbitTransport:
    """Publishes persistent messages with confirms, over a connection of its own.

    A batch is on its way at once and in turn: one channel keeps the sequence. Whatever fails, a return of
    an unroutable message included, leaves the whole batch in the outbox; what of it the broker has comes
    again, and the inbox knows it. ``wants`` names all known plugins, also those of other processes, so
    that their queues are there before the first event. ``on_open`` is called when the way is free.
    """

    def __init__(self, broker: Broker, wants: Wanted, *, on_open: Callable[[], None] = lambda: None) -> None:
        self._broker = broker
        self._wants = wants
        self._on_open = on_open
        self._connection = BrokerConnection(broker, "publisher", self._serve)
        self._channel: Channel | None = None
        self._broken = asyncio.Event()

    @property
    def trouble(self) -> str:
        """Why nothing can be published; empty when it can."""
        return self._connection.trouble

    def start(self) -> None:
        """Connect in the background."""
        self._connection.start()

    async def stop(self) -> None:
        """Disconnect."""
        await self._connection.stop()

    async def publish(self, _: RelayTurn, envelopes: Sequence[Envelope]) -> Collection[Slot]:
        """Return once the broker has confirmed every event; raises BrokerUnavailable.

        Wakes nobody here: the messages do that.
        """
        channel = self._channel
        if channel is None:
            raise BrokerUnavailable(f"broker {self._broker.shown}: {self.trouble}")
        outcomes = await asyncio.gather(
            *(self._publish(channel, envelope) for envelope in envelopes), return_exceptions=True
        )
        failures = [one for one in outcomes if isinstance(one, BaseException)]
        if failures:
            # Late confirms of this batch must not be taken for those of the next one.
            self._channel = None
            self._broken.set()
            raise self._unconfirmed(failures, of=len(envelopes)) from failures[0]
        return ()

    async def _publish(self, channel: Channel, envelope: Envelope) -> None:
        message = to_message(envelope)
        # The channel below aio-pika's: without `wait` a message need not have left the socket before the
        # next one may be written, which is a third of the time. Its confirm is waited for all the same.
        await channel.basic_publish(
            message.body,
            exchange=self._broker.events,
            routing_key=routing_key(envelope.type, envelope.part),
            properties=message.properties,
            mandatory=True,
            timeout=PUBLISH_SECONDS,
            wait=False,
        )

    def _unconfirmed(self, failures: Sequence[BaseException], *, of: int) -> BrokerUnavailable:
        first = failures[0]
        told = f"{type(first).__name__}: {first}" if str(first) else type(first).__name__
        return BrokerUnavailable(
            f"broker {self._broker.shown} did not confirm {len(failures)} of {of} events: {told}"
        )

    async def _serve(self, connection: AbstractConnection) -> None:
        await declare_queues(connection, self._broker, self._wants)
        # Without on_return_raises a message that no queue took would count as published.
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        self._broken = asyncio.Event()
        underlay = await channel.get_underlay_channel()
        assert isinstance(underlay, Channel), "aio-pika stands on aiormq"
        self._channel = underlay
        self._connection.well()
        logger.info("broker %s: publishing", self._broker.shown)
        self._on_open()
        try:
            await self._broken.wait()
            raise BrokerUnavailable("a batch was not confirmed")
        finally:
            self._channel = None
