"""Relay, consumers and their link, put together over one database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from oms_core.clock import Clock, SystemClock
from oms_core.messaging.broker import Broker
from oms_core.messaging.consumers import DRAIN_TIMEOUT, Consumers
from oms_core.messaging.deliveries import PostgresDeliveries
from oms_core.messaging.envelope import Slot
from oms_core.messaging.handling import Handling
from oms_core.messaging.inbox import PostgresInboxes
from oms_core.messaging.link import DELIVERIES, OUTBOX, Link
from oms_core.messaging.outbox import PostgresOutbox
from oms_core.messaging.relay import Relay
from oms_core.messaging.retry import RetryPolicy
from oms_core.messaging.scheduler import Scheduler
from oms_core.messaging.session import open_session
from oms_core.messaging.subscription import Routes, Subscription, Wanted, routes, together, wanted
from oms_core.messaging.transport import PostgresTransport, Transport
from oms_core.messaging.upcasting import Upcaster, Upcasting
from oms_core.storage import Database

if TYPE_CHECKING:
    from oms_core.messaging.rabbit import RabbitReceiver, RabbitTransport


class Messaging:
    """Everything that moves events in one process.

    ``dsn`` leads to the same database, for a connection beside the pools. ``here`` names the consumers
    that this process runs (None: all of ``subscriptions``). ``relays``: whether this process also empties
    the outbox.

    Without a ``broker``, ``subscriptions`` and ``elsewhere``, the consumers of other processes, must be those
    of every plugin that shares the database. With one, events go through it, also to handlers beside their
    publisher; ``elsewhere`` tells what plugins of other processes want, so that their queues exist from the
    start.
    """

    def __init__(
        self,
        database: Database,
        dsn: str,
        subscriptions: Sequence[Subscription],
        *,
        here: Collection[str] | None = None,
        relays: bool = True,
        broker: Broker | None = None,
        elsewhere: Routes | None = None,
        upcasters: Sequence[Upcaster] = (),
        clock: Clock | None = None,
        policy: RetryPolicy | None = None,
        poll: float = 0.25,
    ) -> None:
        clock = clock or SystemClock()
        mine = [one for one in subscriptions if here is None or one.consumer in here]
        self._database = database
        self._shared = len(mine) < len(subscriptions) or bool(elsewhere)
        self._relays = relays
        outbox = PostgresOutbox(database)
        self._link = Link(
            partial(open_session, dsn), {OUTBOX: self._outbox_called, DELIVERIES: self._deliveries_called}
        )
        deliveries, inboxes = PostgresDeliveries(database, self._link), PostgresInboxes(database)
        handling = Handling(
            mine,
            deliveries,
            inboxes,
            clock=clock,
            policy=policy or RetryPolicy(),
            upcasting=Upcasting(upcasters),
        )
        self._scheduler = Scheduler(outbox, clock=clock, on_published=database.wake)
        self._consumers = Consumers(deliveries, self._link, handling, clock=clock, poll=poll)
        everybody = together(routes(subscriptions), elsewhere or {})
        transport: Transport = PostgresTransport(everybody)
        self._publisher: RabbitTransport | None = None
        self._receiver: RabbitReceiver | None = None
        if broker is not None:
            transport = self._connect(broker, outbox, wanted(everybody), routes(mine)) or transport
        self._relay = Relay(outbox, transport, on_relayed=self._relayed, poll=poll)

    @property
    def troubles(self) -> Mapping[str, str]:
        """Return what keeps events from moving for now, by part; none of it keeps calls from being taken."""
        parts = {"broker publisher": self._publisher, "broker consumer": self._receiver}
        return {name: part.trouble for name, part in parts.items() if part is not None and part.trouble}

    async def start(self) -> None:
        """Start moving events; call it once every plugin can handle them."""
        await self._link.start()
        self._consumers.start()
        if self._receiver is not None:
            self._receiver.start()
        if self._publisher is not None:
            self._publisher.start()
        if self._relays:
            self._relay.start()
            self._scheduler.start()
        self._database.on_events(self._committed)

    async def drain(self, timeout: float = DRAIN_TIMEOUT) -> None:  # noqa: ASYNC109 - a promise, not a limit
        """Stop taking, give running handlers ``timeout`` seconds, and leave no task and no connection.

        What is not handled by then stays in the database for the next start.
        """
        await self._scheduler.stop()
        await self._relay.stop()
        if self._receiver is not None:
            await self._receiver.stop()
        await self._consumers.drain(timeout)
        if self._publisher is not None:
            await self._publisher.stop()
        await self._link.stop()

    def _connect(
        self, broker: Broker, outbox: PostgresOutbox, wants: Wanted, mine: Routes
    ) -> RabbitTransport | None:
        # Imported here: who has no broker does not pay for its client.
        from oms_core.messaging.rabbit import RabbitReceiver, RabbitTransport  # noqa: PLC0415

        if mine:
            self._receiver = RabbitReceiver(broker, outbox, mine, on_received=self._consumers.wake)
        if self._relays:
            self._publisher = RabbitTransport(broker, wants, on_open=self._relay_now)
        return self._publisher

    def _relay_now(self) -> None:
        self._relay.wake()

    def _outbox_called(self, _: Sequence[str]) -> None:
        if self._relays:
            self._relay.wake()

    def _deliveries_called(self, words: Sequence[str]) -> None:
        self._consumers.wake([Slot.parse(word) for word in words])

    def _committed(self) -> None:
        if self._relays:
            self._relay.wake()
        else:
            self._link.call(OUTBOX)

    def _relayed(self, slots: Collection[Slot]) -> None:
        self._consumers.wake(slots)
        if self._shared and slots:
            self._link.call(DELIVERIES, [str(slot) for slot in slots])
