"""What others' events lead to."""

from __future__ import annotations

from oms_core.calls import new_id
from oms_core.clock import Clock
from oms_core.storage import Storage
from oms_protos.identity.v1 import GetNodeRequest, IdentityClient
from oms_protos.orders.v1 import OrderCancelled

from notes_protos.v1 import Note, NoteWritten
from oms_notes import store


async def note_cancellation(
    event: OrderCancelled, storage: Storage, identity: IdentityClient, clock: Clock
) -> None:
    """Leave a note where an order was cancelled: once, however often the event is delivered."""
    node = await identity.get_node(GetNodeRequest(node_id=event.location_id))
    note = Note(
        note_id=new_id("note"),
        node_id=node.node_id,
        node_name=node.name,
        text=f"{event.order_id} was cancelled: {event.reason or 'no reason given'}",
        written_at=clock.now(),
    )
    async with storage.transaction() as tx:  # holds the inbox entry as well
        await store.write(note)
        tx.emit(NoteWritten(note_id=note.note_id, node_id=note.node_id), version=1)
