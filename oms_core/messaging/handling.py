"""What happens to one delivery: handled, waiting, or dead."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Collection, Iterable
from pathlib import PurePath

from oms_core.clock import Clock
from oms_core.context import Context, Principal, use
from oms_core.ids import new_id
from oms_core.messaging.breaker import Breaker
from oms_core.messaging.envelope import Delivery, Slot
from oms_core.messaging.retry import RetryPolicy
from oms_core.messaging.store import DeliveryStore, Inboxes
from oms_core.messaging.subscription import Subscription
from oms_core.messaging.upcasting import NewerVersion, Upcasting
from oms_core.steps import step

logger = logging.getLogger("oms.events")

HANDLER_TIMEOUT = 30.0
"""Seconds that a handler has for one event."""

_LONGEST_ERROR = 1000


class Handling:
    """Gives deliveries to the handlers of this process, each as its plugin and in its event's tenant."""

    def __init__(
        self,
        subscriptions: Iterable[Subscription],
        store: DeliveryStore,
        inboxes: Inboxes,
        *,
        clock: Clock,
        policy: RetryPolicy,
        timeout: float = HANDLER_TIMEOUT,
        upcasting: Upcasting | None = None,
    ) -> None:
        self._subscriptions = {subscription.consumer: subscription for subscription in subscriptions}
        self._store = store
        self._inboxes = inboxes
        self._clock = clock
        self._policy = policy
        self._timeout = timeout
        self._upcasting = upcasting or Upcasting()
        self._breakers = {consumer: Breaker(consumer) for consumer in self._subscriptions}

    def breaker(self, consumer: str) -> Breaker:
        """Return what may keep a consumer's events waiting."""
        return self._breakers[consumer]

    @property
    def consumers(self) -> frozenset[str]:
        """The consumers whose handlers are here."""
        return frozenset(self._subscriptions)

    async def handle(self, delivery: Delivery) -> Collection[Slot]:
        """Handle one taken delivery and record how it went; raises only what the store raises.

        Returns the slots of other handlers of its plugin which may go on by that.
        """
        step("consumer.taken")
        if delivery.interrupted:
            await self._failed(delivery, None, "the process ended while it was handling this event")
            return ()
        subscription = self._subscriptions[delivery.consumer]
        try:
            event = self._upcasting.read(subscription.event, delivery.schema_version, delivery.payload)
        except NewerVersion as error:
            await self._failed(delivery, error, _told(error))
            return ()
        except Exception as error:
            # A codec may raise anything on bytes that it did not write.
            await self._bury(delivery, f"the payload is no {delivery.type}: {_told(error)}")
            return ()
        try:
            await self._run(subscription, event, delivery)
        except Exception as error:
            self._breakers[delivery.consumer].failed(delivery.event_id, time.monotonic())
            await self._failed(delivery, error, _told(error))
            return ()
        self._breakers[delivery.consumer].succeeded()
        waiting = await self._store.done(delivery)
        step("consumer.done")
        return waiting

    async def _run(self, subscription: Subscription, event: object, delivery: Delivery) -> None:
        with use(self._context(subscription, delivery)), self._inboxes.entry(delivery) as entry:
            try:
                async with asyncio.timeout(self._timeout):
                    await subscription.handler(event)
                step("consumer.handled")
                await entry.settle()
            except asyncio.CancelledError as error:
                if _cancelled_from_outside():
                    raise
                raise RuntimeError("the handler was cancelled by something that it awaited") from error
            except Exception:
                if not entry.handled_before:
                    raise
        step("consumer.settled")

    def _context(self, subscription: Subscription, delivery: Delivery) -> Context:
        return Context(
            delivery.tenant,
            Principal(f"plugin:{subscription.plugin}"),
            actor=subscription.plugin,
            deadline=time.monotonic() + self._timeout,
            trace=delivery.headers.get("trace") or new_id("trc"),
        )

    async def _failed(self, delivery: Delivery, cause: Exception | None, error: str) -> None:
        policy = self._subscriptions[delivery.consumer].retry or self._policy
        wait = policy.wait(delivery.attempts, cause)
        if wait is None:
            await self._bury(delivery, error)
            return
        name = (delivery.consumer, delivery.type, delivery.aggregate_id)
        logger.warning("%s: %s of %s failed, again in %.1f s: %s", *name, wait.total_seconds(), error)
        await self._store.postpone(delivery, until=self._clock.now() + wait, error=error)

    async def _bury(self, delivery: Delivery, error: str) -> None:
        logger.error(
            "%s: %s of %s is dead after %d attempts and holds back what follows it: %s",
            delivery.consumer,
            delivery.type,
            delivery.aggregate_id,
            delivery.attempts,
            error,
        )
        await self._store.bury(delivery, at=self._clock.now(), error=error)


def _cancelled_from_outside() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _told(error: BaseException) -> str:
    """Return what an operator needs of an error: kind, message, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({PurePath(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}"[:_LONGEST_ERROR] + place
