"""What an operator may set."""

from __future__ import annotations

import msgspec


class NotesSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table ``[settings.notes]``."""

    longest: int = 500
    """Characters of the longest note."""
