"""Notes, as the contract offers them: load, decide, store, tell."""

from __future__ import annotations

from oms_core.calls import new_id
from oms_core.clock import Clock
from oms_core.storage import Storage
from oms_protos.identity.v1 import GetNodeRequest, IdentityClient
from oms_wire.errors import InvalidArgument, NotFound

from notes_protos.v1 import (
    GetNoteRequest,
    ListNotesRequest,
    ListNotesResponse,
    Note,
    NotesServiceBase,
    NoteWritten,
    WriteNoteRequest,
)
from oms_notes import rules, store
from oms_notes.settings import NotesSettings


class NotesService(NotesServiceBase):
    """Keeps notes. What the constructor asks for is injected by type."""

    def __init__(
        self, storage: Storage, identity: IdentityClient, clock: Clock, settings: NotesSettings
    ) -> None:
        self._storage = storage
        self._identity = identity
        self._clock = clock
        self._settings = settings

    async def write_note(self, request: WriteNoteRequest, /) -> Note:
        """Leave a note at a node."""
        if wrong := rules.check_text(request.text, longest=self._settings.longest):
            raise InvalidArgument("INVALID_FIELD", f"text: {wrong[0].message}", violations=wrong)
        # Calls to others first.
        node = await self._identity.get_node(GetNodeRequest(node_id=request.node_id))
        note = Note(
            note_id=new_id("note"),  # the same id in every attempt with this idempotency key
            node_id=node.node_id,
            node_name=node.name,
            text=request.text,
            written_at=self._clock.now(),
        )
        # Then one short transaction: the row, the event and the answer commit together or not at all.
        async with self._storage.transaction() as tx:
            await store.write(note)
            tx.emit(NoteWritten(note_id=note.note_id, node_id=note.node_id), version=1)
            tx.answer(note)
        return note

    async def locate_note(self, note_id: str, /) -> str:
        """Return the node of a note, at which GetNote's permission must be held."""
        async with self._storage.transaction() as tx:
            if node_id := await store.node_of(tx, note_id):
                return node_id
        raise NotFound("NOTE_NOT_FOUND", f"there is no note {note_id!r}")

    async def get_note(self, request: GetNoteRequest, /) -> Note:
        """Return a note."""
        async with self._storage.transaction():
            note = await store.read(request.note_id)
        if note is None:
            raise NotFound("NOTE_NOT_FOUND", f"there is no note {request.note_id!r}")
        return note

    async def list_notes(self, request: ListNotesRequest, /) -> ListNotesResponse:
        """Return the latest notes of a node."""
        async with self._storage.transaction():
            return ListNotesResponse(notes=await store.latest(request.node_id))
