"""Events between processes over RabbitMQ.

::

    relay ──► oms.events (topic) ──► oms.<plugin>.<0…7> (quorum, single active consumer) ──► oms.delivery
                   └─ what nobody wants, and what a queue rejects ──► oms.unrouted

The broker carries events from one database to another, and nothing else: the receiver writes each message
into the deliveries of its own database and only then acknowledges it. Attempts, waiting, dead letters and
the inbox are the same code as without a broker.
"""

from oms_core.messaging.rabbit.publisher import RabbitTransport
from oms_core.messaging.rabbit.receiver import RabbitReceiver

__all__ = ["RabbitReceiver", "RabbitTransport"]
