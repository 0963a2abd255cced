"""Rows to messages and back."""

from __future__ import annotations

from typing import Any

from oms_core.storage import Transaction

from notes_protos.v1 import Note
from oms_notes.tables import NoteRow

PAGE = 50


async def write(note: Note) -> None:
    """Store a new note in the open transaction: Piccolo's queries join it by themselves."""
    await NoteRow.insert(
        NoteRow(
            note_id=note.note_id,
            node_id=note.node_id,
            node_name=note.node_name,
            text=note.text,
            written_at=note.written_at,
        )
    )


async def node_of(tx: Transaction, note_id: str) -> str | None:
    """Return the node of a note: SQL, prepared by asyncpg, where speed counts."""
    node_id: str | None = await tx.fetchval("select node_id from notes.notes where note_id = $1", note_id)
    return node_id


async def read(note_id: str) -> Note | None:
    """Return a note of the transaction's tenant; those of others are not there."""
    row = await NoteRow.select().where(NoteRow.note_id == note_id).first()
    return _note(row) if row else None


async def latest(node_id: str) -> list[Note]:
    """Return the latest notes of a node, newest first."""
    query = NoteRow.select().where(NoteRow.node_id == node_id)
    return [_note(row) for row in await query.order_by(NoteRow.note_id, ascending=False).limit(PAGE)]


def _note(row: dict[str, Any]) -> Note:
    return Note(
        note_id=row["note_id"],
        node_id=row["node_id"],
        node_name=row["node_name"],
        text=row["text"],
        written_at=row["written_at"],
    )
