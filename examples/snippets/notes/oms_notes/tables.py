"""Where notes are kept."""

from __future__ import annotations

from oms_core.storage import Tenant
from piccolo.columns import Text, Timestamptz
from piccolo.table import Table


class NoteRow(Table, tablename="notes", schema="notes"):  # the schema has the plugin's name
    """A note; nothing changes it."""

    note_id = Text(primary_key=True)
    tenant = Tenant(index=True)  # every table has one; it is filled in by itself
    node_id = Text(required=True)
    node_name = Text(required=True)
    text = Text(required=True)
    written_at = Timestamptz(required=True, default=None)
