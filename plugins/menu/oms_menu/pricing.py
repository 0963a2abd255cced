"""What lines cost, and why some cannot be sold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from oms_menu import choices
from oms_menu.asking import AskedGroup
from oms_menu.choices import Finding
from oms_menu.fields import QUANTITY
from oms_menu.options import OnOffer, asking_item, own_prices
from oms_protos.menu.v1 import LineRequest, PricedLine
from oms_protos.types.v1 import Money
from oms_wire.errors import FieldViolation

LINES = 200
HIGHEST_UNIT_AMOUNT = 1_000_000_000_000
"""Minor units of one of a line with all its modifiers; a full order of such lines fits in 64 bits."""

UNKNOWN_VARIATION = "UNKNOWN_VARIATION"
ITEM_UNAVAILABLE = "ITEM_UNAVAILABLE"

BAD_REQUEST = (
    UNKNOWN_VARIATION,
    choices.UNKNOWN_MODIFIER,
    choices.MODIFIER_REPEATED,
    choices.MODIFIER_LIMIT,
)
"""What no menu of this location has ever allowed the guest to ask; the rest may be sold tomorrow."""
GRAVEST_FIRST = (*BAD_REQUEST, ITEM_UNAVAILABLE, choices.MODIFIER_UNAVAILABLE)


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
    asks: tuple[AskedGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a location offers of what lines ask for: variations by id, and the options that were chosen."""

    offered: Mapping[str, Offered]
    on_offer: OnOffer
    menu_version: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why lines cannot be priced: the code of the gravest reason, and every bad line."""

    code: str
    violations: Sequence[FieldViolation]


def check_lines(lines: Sequence[LineRequest]) -> list[FieldViolation]:
    """Say what is wrong with lines before the menu is looked at: counts, depth and quantities."""
    if not 1 <= len(lines) <= LINES:
        return [FieldViolation("lines", f"{len(lines)} lines; 1 to {LINES} needed")]
    wrong: list[FieldViolation] = []
    for index, line in enumerate(lines):
        if not 1 <= line.quantity <= QUANTITY:
            message = f"{line.quantity} is not in 1 to {QUANTITY}"
            wrong.append(FieldViolation(f"lines[{index}].quantity", message))
        if line.modifiers:
            wrong += choices.check_shape(line.modifiers, at=f"lines[{index}]")
    return wrong


def find_refusal(lines: Sequence[LineRequest], shelf: Shelf) -> Refusal | None:
    """Name everything in the lines that the location cannot sell; None when it can sell all."""
    found: list[Finding] = []
    currency = shelf.on_offer.currency
    for index, line in enumerate(lines):
        at, offer = f"lines[{index}]", shelf.offered.get(line.variation_id)
        if offer is None:
            why = f"{line.variation_id!r} is not on this location's menu"
            found.append(Finding(UNKNOWN_VARIATION, f"{at}.variation_id", why))
            continue
        if not offer.available or offer.currency != currency:
            why = "is sold out" if not offer.available else f"has no price in {currency}"
            why = f"{offer.name} ({offer.variation_name}) {why} here"
            found.append(Finding(ITEM_UNAVAILABLE, f"{at}.variation_id", why))
        if offer.asks or line.modifiers:
            asking = asking_item(offer.name, offer.asks, shelf.on_offer.groups)
            found += choices.find_wrong(line.modifiers, asking, shelf.on_offer, at=at)
    if not found:
        return None
    codes = {finding.code for finding in found}
    code = next(code for code in GRAVEST_FIRST if code in codes)
    return Refusal(code, [finding.violation() for finding in found])


def price(lines: Sequence[LineRequest], shelf: Shelf) -> list[PricedLine]:
    """Return each line with its price; lines of one variation stay apart, in the order they came in."""
    return [_priced(line, shelf.offered[line.variation_id], shelf) for line in lines]


def check_amounts(lines: Sequence[PricedLine]) -> list[FieldViolation]:
    """Name the lines of which one piece, with all its modifiers, costs more than we can add up."""
    return [
        FieldViolation(f"lines[{index}]", f"one costs more than {HIGHEST_UNIT_AMOUNT}: choose less of it")
        for index, line in enumerate(lines)
        if line.unit_price is not None and line.unit_price.amount > HIGHEST_UNIT_AMOUNT
    ]


def total(lines: Sequence[PricedLine], *, currency: str) -> Money:
    """Return the sum of priced lines, all of which are in ``currency``."""
    return Money(amount=sum(line.total.amount for line in lines if line.total is not None), currency=currency)


def _priced(line: LineRequest, offer: Offered, shelf: Shelf) -> PricedLine:
    currency, unit = offer.currency, offer.amount
    modifiers = []
    if line.modifiers:
        modifiers = choices.price(line.modifiers, shelf.on_offer, own=own_prices(offer.asks))
        unit += choices.total(modifiers)
    return PricedLine(
        item_id=offer.item_id,
        variation_id=offer.variation_id,
        name=offer.name,
        variation_name=offer.variation_name,
        station=offer.station,
        quantity=line.quantity,
        unit_price=Money(amount=unit, currency=currency),
        total=Money(amount=unit * line.quantity, currency=currency),
        base_price=Money(amount=offer.amount, currency=currency),
        modifiers=modifiers,
    )
