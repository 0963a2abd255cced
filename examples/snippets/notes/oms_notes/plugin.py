"""The wiring."""

from __future__ import annotations

from oms_core.plugins import Plugin, Registry, hookimpl
from oms_protos.orders.v1 import OrderCancelled

from oms_notes.handlers import note_cancellation
from oms_notes.service import NotesService
from oms_notes.settings import NotesSettings
from oms_notes.tables import NoteRow


class Notes(Plugin):
    """Short notes that staff leave for each other."""

    requires, settings = ("identity",), NotesSettings

    @hookimpl
    def register(self, oms: Registry) -> None:
        """Serve notes, and write one for each order that is cancelled."""
        oms.serve(NotesService)
        oms.tables(NoteRow)
        oms.on(OrderCancelled, note_cancellation)
