"""Notes on a real PostgreSQL, through the generated client."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from oms_core.config import Config
from oms_core.testing.running import Running, running
from oms_protos.identity.v1 import CreateChainRequest, IdentityClient
from oms_wire.errors import AlreadyExists, InvalidArgument, NotFound, PermissionDenied

from notes_protos.v1 import GetNoteRequest, ListNotesRequest, NotesClient, WriteNoteRequest


@pytest.fixture
async def plugins(database_dsn: str, installed: None) -> AsyncIterator[Running]:
    config = Config(plugins=["identity", "notes"], settings={"notes": {"longest": 20}})
    async with running(database_dsn, config=config) as plugins:
        yield plugins


@pytest.fixture
async def chain(plugins: Running) -> str:
    operator = plugins.client(IdentityClient, tenant="platform", role="operator", node="*")
    return (await operator.create_chain(CreateChainRequest(name="Harbor Table"))).node_id


async def test_a_note_is_kept_once(plugins: Running, chain: str) -> None:
    notes = plugins.client(NotesClient, tenant=chain, role="manager")
    request = WriteNoteRequest(node_id=chain, text="Fryer 2 is down")
    note = await notes.write_note(request, idempotency_key="k-1")
    assert await notes.write_note(request, idempotency_key="k-1") == note
    assert await notes.get_note(GetNoteRequest(note_id=note.note_id)) == note
    assert (await notes.list_notes(ListNotesRequest(node_id=chain))).notes == [note]
    assert note.node_name == "Harbor Table"
    with pytest.raises(AlreadyExists, match="IDEMPOTENCY_KEY_REUSED"):
        await notes.write_note(WriteNoteRequest(node_id=chain, text="It works"), idempotency_key="k-1")


async def test_bad_text_is_refused_by_its_field(plugins: Running, chain: str) -> None:
    notes = plugins.client(NotesClient, tenant=chain, role="manager")
    with pytest.raises(InvalidArgument) as refused:
        await notes.write_note(WriteNoteRequest(node_id=chain, text="x" * 21))
    assert refused.value.violations[0].field == "text"


async def test_others_see_nothing(plugins: Running, chain: str) -> None:
    notes = plugins.client(NotesClient, tenant=chain, role="manager")
    note = await notes.write_note(WriteNoteRequest(node_id=chain, text="Fryer 2 is down"))
    with pytest.raises(PermissionDenied):
        cook = plugins.client(NotesClient, tenant=chain, role="cook")
        await cook.get_note(GetNoteRequest(note_id=note.note_id))
    stranger = plugins.client(NotesClient, tenant="chn_other", role="manager")
    with pytest.raises(NotFound, match="NOTE_NOT_FOUND"):
        await stranger.get_note(GetNoteRequest(note_id=note.note_id))
