"""What may stand on a menu, and what lines cost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from oms_protos.menu.v1 import CreateItemRequest, LineRequest, PricedLine, UpdateItemRequest
from oms_protos.types.v1 import Money
from oms_wire.errors import FieldViolation

NAME_LENGTH = 120
VARIATIONS = 250
LINES = 200
QUANTITY = 999
ITEMS_AT_ONCE = 1000
HIGHEST_AMOUNT = 1_000_000_000
"""Minor units; keeps the total of a full order far inside 64 bits."""

UNKNOWN_VARIATION = "UNKNOWN_VARIATION"
ITEM_UNAVAILABLE = "ITEM_UNAVAILABLE"
INVALID_FIELD = "INVALID_FIELD"

_CURRENCY = re.compile(r"[A-Z]{3}")
_STATION = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Offered:
    """A variation as one location offers it; ``amount`` is in minor units."""

    item_id: str
    variation_id: str
    name: str
    variation_name: str
    station: str
    amount: int
    currency: str
    available: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why lines cannot be priced: the code of the gravest reason, and every bad line."""

    code: str
    violations: Sequence[FieldViolation]


def check_item(request: CreateItemRequest) -> list[FieldViolation]:
    """Say what is wrong with a new item and its variations."""
    wrong = [*check_name(request.name, field="name"), *check_station(request.station)]
    if not 1 <= len(request.variations) <= VARIATIONS:
        count = len(request.variations)
        return [*wrong, FieldViolation("variations", f"{count} variations; 1 to {VARIATIONS} needed")]
    names: set[str] = set()
    for index, variation in enumerate(request.variations):
        at = f"variations[{index}]"
        wrong += check_name(variation.name, field=f"{at}.name")
        wrong += check_price(variation.price, field=f"{at}.price")
        if variation.name in names:
            wrong.append(FieldViolation(f"{at}.name", f"{variation.name!r} is there twice"))
        names.add(variation.name)
    return wrong


def check_update(request: UpdateItemRequest) -> list[FieldViolation]:
    """Say what is wrong with a change of an item."""
    wrong = []
    if request.version < 1:
        wrong.append(FieldViolation("version", "send the version that you read"))
    if request.name is None and request.station is None:
        wrong.append(FieldViolation("name", "nothing to change: send name, station or both"))
    if request.name is not None:
        wrong += check_name(request.name, field="name")
    if request.station is not None:
        wrong += check_station(request.station)
    return wrong


def check_name(name: str, *, field: str) -> list[FieldViolation]:
    """Say what is wrong with a name that guests and cooks will read."""
    if not name.strip():
        return [FieldViolation(field, "a name is required")]
    if len(name) > NAME_LENGTH or not name.isprintable():
        return [FieldViolation(field, f"at most {NAME_LENGTH} characters, none of them control characters")]
    return []


def check_station(station: str) -> list[FieldViolation]:
    """Say what is wrong with the name of a station; none at all is right."""
    if station and not _STATION.fullmatch(station):
        return [FieldViolation("station", f'{station!r} is not lower case like "grill", 1 to 40 characters')]
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


def check_lines(lines: Sequence[LineRequest]) -> list[FieldViolation]:
    """Say what is wrong with lines before the menu is looked at: their count and quantities."""
    if not 1 <= len(lines) <= LINES:
        return [FieldViolation("lines", f"{len(lines)} lines; 1 to {LINES} needed")]
    return [
        FieldViolation(f"lines[{index}].quantity", f"{line.quantity} is not in 1 to {QUANTITY}")
        for index, line in enumerate(lines)
        if not 1 <= line.quantity <= QUANTITY
    ]


def find_refusal(
    lines: Sequence[LineRequest], offered: Mapping[str, Offered], *, currency: str
) -> Refusal | None:
    """Name every line that this location cannot sell in its currency; None when it can sell all."""
    unknown, unavailable = [], []
    for index, line in enumerate(lines):
        field, offer = f"lines[{index}].variation_id", offered.get(line.variation_id)
        if offer is None:
            message = f"{UNKNOWN_VARIATION}: {line.variation_id!r} is not on this location's menu"
            unknown.append((index, FieldViolation(field, message)))
        elif not offer.available or offer.currency != currency:
            why = "is sold out" if not offer.available else f"has no price in {currency}"
            message = f"{ITEM_UNAVAILABLE}: {offer.name} ({offer.variation_name}) {why} here"
            unavailable.append((index, FieldViolation(field, message)))
    in_line = sorted([*unknown, *unavailable], key=lambda found: found[0])
    if not in_line:
        return None
    code = UNKNOWN_VARIATION if unknown else ITEM_UNAVAILABLE
    return Refusal(code, [violation for _, violation in in_line])


def price(lines: Sequence[LineRequest], offered: Mapping[str, Offered]) -> list[PricedLine]:
    """Return each line with its price; lines of one variation stay apart, in the order they came in."""
    return [_priced(offered[line.variation_id], line.quantity) for line in lines]


def total(lines: Sequence[PricedLine], *, currency: str) -> Money:
    """Return the sum of priced lines, all of which are in ``currency``."""
    return Money(amount=sum(line.total.amount for line in lines if line.total is not None), currency=currency)


def _priced(offer: Offered, quantity: int) -> PricedLine:
    return PricedLine(
        item_id=offer.item_id,
        variation_id=offer.variation_id,
        name=offer.name,
        variation_name=offer.variation_name,
        station=offer.station,
        quantity=quantity,
        unit_price=Money(amount=offer.amount, currency=offer.currency),
        total=Money(amount=offer.amount * quantity, currency=offer.currency),
    )
