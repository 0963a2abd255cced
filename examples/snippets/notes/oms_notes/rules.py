"""What makes a note a good one; no I/O here."""

from __future__ import annotations

from oms_wire.errors import FieldViolation


def check_text(text: str, *, longest: int) -> list[FieldViolation]:
    """Say what is wrong with the text of a note."""
    if not text.strip():
        return [FieldViolation("text", "a note says something")]
    if len(text) > longest:
        return [FieldViolation("text", f"{len(text)} characters are too long; at most {longest}")]
    return []
