"""Decisions; no I/O here."""

from __future__ import annotations

from oms_wire.errors import FieldViolation

LONGEST_NAME = 80


def check_name(name: str) -> list[FieldViolation]:
    """Say what is wrong with a name."""
    if not name.strip():
        return [FieldViolation("name", "is required")]
    if len(name) > LONGEST_NAME:
        return [FieldViolation("name", f"{len(name)} characters are too long; at most {LONGEST_NAME}")]
    return []


def discount(amount: int, *, percent: int) -> int:
    """Return `percent` (0 to 100) of an amount in minor units, half a unit rounded up."""
    return (amount * percent + 50) // 100
