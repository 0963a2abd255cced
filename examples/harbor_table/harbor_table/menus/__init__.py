"""What the chain's brands sell and where, read from the TOML files beside this one."""

from __future__ import annotations

import tomllib
from importlib import resources

import msgspec

CHAIN = "Harbor Table Group"
"""The name of the chain."""


class ItemSheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item and its variations with their prices in minor units."""

    name: str
    station: str
    variations: dict[str, int]


class LocationSheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A location, and where it differs from its brand's menu (by item, then variation)."""

    name: str
    time_zone: str
    business_day_cutoff: str
    prices: dict[str, dict[str, int]] = {}
    sold_out: dict[str, list[str]] = {}


class BrandSheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One brand: its locations and its menu."""

    brand: str
    currency: str
    locations: list[LocationSheet]
    items: list[ItemSheet]


def brands() -> list[BrandSheet]:
    """Return every brand of the chain, by name."""
    sheets = [
        msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), BrandSheet)
        for file in resources.files(__name__).iterdir()
        if file.name.endswith(".toml")
    ]
    return sorted(sheets, key=lambda sheet: sheet.brand)
