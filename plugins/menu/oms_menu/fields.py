"""What the fields of items, groups and offers may hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

from oms_protos.types.v1 import Money
from oms_wire.errors import FieldViolation

NAME_LENGTH = 120
QUANTITY = 999
HIGHEST_AMOUNT = 1_000_000_000
"""Minor units; keeps the total of a full order far inside 64 bits."""

_CURRENCY = re.compile(r"[A-Z]{3}")
_STATION = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def check_name(name: str, *, field: str) -> list[FieldViolation]:
    """Say what is wrong with a name that guests and cooks will read."""
    if not name.strip():
        return [FieldViolation(field, "a name is required")]
    if len(name) > NAME_LENGTH or not name.isprintable():
        return [FieldViolation(field, f"at most {NAME_LENGTH} characters, none of them control characters")]
    return []


def check_station(station: str, *, field: str = "station") -> list[FieldViolation]:
    """Say what is wrong with the name of a station; none at all is right."""
    if station and not _STATION.fullmatch(station):
        return [FieldViolation(field, f'{station!r} is not lower case like "grill", 1 to 40 characters')]
    return []


def check_price(price: Money | None, *, field: str) -> list[FieldViolation]:
    """Say what is wrong with a price: it must be there, not negative, and in some currency."""
    if price is None:
        return [FieldViolation(field, "a price is required")]
    wrong = []
    if not 0 <= price.amount <= HIGHEST_AMOUNT:
        wrong.append(FieldViolation(f"{field}.amount", f"{price.amount} is not in 0 to {HIGHEST_AMOUNT}"))
    if not _CURRENCY.fullmatch(price.currency):
        wrong.append(FieldViolation(f"{field}.currency", f'{price.currency!r} is not like "USD"'))
    return wrong


def check_twice(values: Iterable[str], field: str) -> list[FieldViolation]:
    """Say which values are there a second time; ``field`` has ``{}`` for their index."""
    seen: set[str] = set()
    wrong = []
    for index, value in enumerate(values):
        if value and value in seen:
            wrong.append(FieldViolation(field.format(index), f"{value!r} is there twice"))
        seen.add(value)
    return wrong
