"""What a location offers to choose from, and what it costs there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from oms_menu.asking import AskedGroup

Prices = Mapping[str, tuple[int, str]]
"""By modifier id: minor units and their currency."""
NO_PRICES: Prices = {}


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """A group with its own limits; ``max`` 0 is no limit."""

    group_id: str
    name: str
    min: int
    max: int

    def __str__(self) -> str:
        """Return its name and id, as messages have them."""
        return f"{self.name} ({self.group_id})"


@dataclass(frozen=True, slots=True)
class Option:
    """An option as one location offers it; ``local`` says that the price is the location's own."""

    modifier_id: str
    group_id: str
    name: str
    amount: int
    currency: str
    local: bool
    available: bool
    max_quantity: int
    opens: tuple[str, ...] = ()
    station: str = ""

    def price(self, own: Prices) -> tuple[int, str]:
        """Return what it costs: the location's own price, else the item's, else the brand's."""
        brand = (self.amount, self.currency)
        return brand if self.local else own.get(self.modifier_id, brand)


class Asking(NamedTuple):
    """What opens groups: an item, with its own limits and prices, or an option."""

    name: str
    groups: Mapping[str, OptionGroup]
    """By id, with the limits that hold here."""
    own: Prices = NO_PRICES


@dataclass(frozen=True, slots=True)
class OnOffer:
    """Options and groups by id, at a location that sells in ``currency``."""

    currency: str
    options: Mapping[str, Option] = field(default_factory=dict)
    groups: Mapping[str, OptionGroup] = field(default_factory=dict)


def asking_item(name: str, asks: Sequence[AskedGroup], groups: Mapping[str, OptionGroup]) -> Asking:
    """Return what an item asks, with its own limits."""
    return Asking(name, {group.group_id: _with_limits(group, groups) for group in asks}, own_prices(asks))


def own_prices(asks: Iterable[AskedGroup]) -> Prices:
    """Return the prices that an item has for options of the groups that it asks itself."""
    return {modifier_id: own for group in asks for modifier_id, own in group.prices.items()}


def _with_limits(own: AskedGroup, groups: Mapping[str, OptionGroup]) -> OptionGroup:
    group = groups[own.group_id]
    if own.min is None and own.max is None:
        return group
    least = group.min if own.min is None else own.min
    return OptionGroup(group.group_id, group.name, least, group.max if own.max is None else own.max)
