"""What the chain's brands sell and where, read from the TOML files beside this one."""

from __future__ import annotations

import tomllib
from importlib import resources

import msgspec

CHAIN = "Harbor Table Group"
"""The name of the chain."""


class OptionSheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An option with its price in minor units; ``opens`` names groups that stand above its own."""

    name: str
    price: int = 0
    max_quantity: int = 1
    opens: list[str] = []
    station: str = ""


class GroupSheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question to the guest; ``max`` 0 is no limit."""

    name: str
    options: list[OptionSheet]
    min: int = 0
    max: int = 0


class AskedSheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group as an item asks it, with its own limits and prices (by option) where they differ."""

    group: str
    min: int | None = None
    max: int | None = None
    prices: dict[str, int] = {}


class ItemSheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item and its variations with their prices in minor units."""

    name: str
    station: str
    variations: dict[str, int]
    asks: list[AskedSheet] = []


class LocationSheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A location, and where it differs from its brand's menu (by item and variation, by group and option)."""

    name: str
    time_zone: str
    business_day_cutoff: str
    prices: dict[str, dict[str, int]] = {}
    sold_out: dict[str, list[str]] = {}
    modifier_prices: dict[str, dict[str, int]] = {}
    modifiers_sold_out: dict[str, list[str]] = {}


class BrandSheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One brand: its locations and its menu."""

    brand: str
    currency: str
    locations: list[LocationSheet]
    items: list[ItemSheet]
    modifier_groups: list[GroupSheet] = []


def brands() -> list[BrandSheet]:
    """Return every brand of the chain, by name."""
    sheets = [
        msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), BrandSheet)
        for file in resources.files(__name__).iterdir()
        if file.name.endswith(".toml")
    ]
    return sorted(sheets, key=lambda sheet: sheet.brand)
