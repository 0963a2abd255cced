"""What a consumer has handled, written by the very transaction that handled it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from oms_core.context import current
from oms_core.messaging.envelope import Delivery
from oms_core.storage import Database, Storage, Transaction
from oms_core.storage.participants import enlist
from oms_wire.errors import Internal

# The plugin's own text: a plan that two roles share is made anew at each turn.
_NOTE = """/* {plugin} */
insert into oms.inbox (consumer, event_id, tenant, plugin) values ($1, $2, $3, $4) on conflict do nothing
"""


class AlreadyHandled(Exception):
    """The consumer has handled this event before; its transaction must not do it again."""


class Entry:
    """The note of one consumer and event, as a participant of the handler's transaction.

    It goes in right after BEGIN: a second delivery waits there for the first one's commit and then stops,
    and one commit makes note and effects durable together.
    """

    def __init__(self, delivery: Delivery, storage: Storage) -> None:
        self._delivery = delivery
        self._storage = storage
        self._context = current()
        self._entered = False
        self.handled_before = False

    async def enter(self, tx: Transaction) -> None:
        """Write the note; raises AlreadyHandled, and Internal for a second transaction."""
        if tx.plugin != self._storage.plugin or current() is not self._context:
            return  # a transaction of a call that the handler makes in the same process
        if self._entered:
            raise Internal(
                "HANDLER_SECOND_TRANSACTION",
                f"{self._delivery.consumer} opened a second transaction for one event: its effects must "
                "commit at once, or a crash between the two would lose the second; use one transaction",
            )
        self._entered = True
        delivery = self._delivery
        status = await tx.execute(
            _NOTE.format(plugin=tx.plugin), delivery.consumer, delivery.event_id, tx.tenant, tx.plugin
        )
        if status == "INSERT 0 0":
            self.handled_before = True
            raise AlreadyHandled(f"{delivery.consumer} has handled event {delivery.event_id} before")

    async def leave(self, tx: Transaction) -> None:
        """Do nothing: the note is there since BEGIN."""

    async def settle(self) -> None:
        """Write the note in a transaction of its own, if the handler opened none."""
        if not self._entered:
            async with self._storage.transaction(tenant=self._delivery.tenant):
                pass


class PostgresInboxes:
    """Makes a repeated delivery have no second effect, as far as effects lie in the plugin's own tables.

    A handler without a transaction (it only calls others) may run again for an event whose note was not
    yet written when its process died: what it calls must be keyed.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def entry(self, delivery: Delivery) -> Iterator[Entry]:
        """Take part in the transactions that the handler's plugin opens inside the block."""
        plugin = delivery.consumer.partition(".")[0]
        entry = Entry(delivery, self._database.storage(plugin))
        with enlist(entry):
            yield entry
