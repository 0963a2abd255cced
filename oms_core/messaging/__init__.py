"""Events: from the transaction that emitted them to the handlers that want them.

::

    messaging = Messaging(database, dsn, [Subscription("notes.index", NoteWritten, handler), …])
    await messaging.start()
    …
    await messaging.drain()

Every event reaches every consumer; its effects in the consumer's own tables happen once; events of one
aggregate are handled in turn, and while one waits for a retry or lies dead the later ones wait behind it.
"""

from oms_core.messaging.broker import Broker
from oms_core.messaging.consumers import DRAIN_TIMEOUT, Consumers
from oms_core.messaging.dead_letters import PostgresDeadLetters
from oms_core.messaging.deliveries import PostgresDeliveries
from oms_core.messaging.envelope import DeadLetter, Delivery, Envelope, Route, Slot
from oms_core.messaging.handling import HANDLER_TIMEOUT, Handling
from oms_core.messaging.inbox import AlreadyHandled, PostgresInboxes
from oms_core.messaging.link import DELIVERIES, OUTBOX, Link
from oms_core.messaging.messaging import Messaging
from oms_core.messaging.newcomers import Newcomers
from oms_core.messaging.outbox import PostgresOutbox
from oms_core.messaging.pressure import Pressure
from oms_core.messaging.relay import Relay
from oms_core.messaging.retry import RetryPolicy
from oms_core.messaging.scheduler import Scheduler
from oms_core.messaging.session import open_session
from oms_core.messaging.subscription import Routes, Subscription, routes
from oms_core.messaging.transport import PostgresTransport, Transport
from oms_core.messaging.upcasting import Upcaster

__all__ = [
    "DELIVERIES",
    "DRAIN_TIMEOUT",
    "HANDLER_TIMEOUT",
    "OUTBOX",
    "AlreadyHandled",
    "Broker",
    "Consumers",
    "DeadLetter",
    "Delivery",
    "Envelope",
    "Handling",
    "Link",
    "Messaging",
    "Newcomers",
    "PostgresDeadLetters",
    "PostgresDeliveries",
    "PostgresInboxes",
    "PostgresOutbox",
    "PostgresTransport",
    "Pressure",
    "Relay",
    "RetryPolicy",
    "Route",
    "Routes",
    "Scheduler",
    "Slot",
    "Subscription",
    "Transport",
    "Upcaster",
    "open_session",
    "routes",
]
