"""Where menus are kept."""

from __future__ import annotations

from piccolo.columns import JSONB, Array, BigInt, BigSerial, Boolean, ForeignKey, SmallInt, Text
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from oms_core.storage import Tenant


class BrandMenu(Table, tablename="brand_menus", schema="menu"):
    """How often a brand's menu has changed, anywhere; the lock that menu writers take last."""

    brand_id = Text(primary_key=True)
    tenant = Tenant()
    version = BigInt(required=True)


class ItemRow(Table, tablename="items", schema="menu"):
    """Something a brand sells."""

    item_id = Text(primary_key=True)
    tenant = Tenant()
    brand_id = Text(required=True, index=True)
    name = Text(required=True)
    station = Text()
    version = BigInt(required=True)
    modifier_groups = JSONB(default="[]")
    """The groups it asks, as ``asking.AskedGroup``: read with the item, and written as a whole."""


class VariationRow(Table, tablename="variations", schema="menu"):
    """One way to buy an item, at the brand's price (minor units)."""

    variation_id = Text(primary_key=True)
    tenant = Tenant()
    item_id = ForeignKey(ItemRow, null=False, on_delete=OnDelete.restrict)
    position = SmallInt(required=True)
    name = Text(required=True)
    amount = BigInt(required=True)
    currency = Text(required=True)

    one_place_each = Unique([item_id, position])


class OfferRow(Table, tablename="offers", schema="menu"):
    """Where a location differs from its brand: a price of its own (or null), or nothing left to sell."""

    offer_id = BigSerial(primary_key=True)
    tenant = Tenant()
    location_id = Text(required=True)
    variation_id = ForeignKey(VariationRow, null=False, on_delete=OnDelete.restrict)
    amount = BigInt(null=True, default=None)
    currency = Text(null=True, default=None)
    available = Boolean(default=True)

    one_offer_each = Unique([location_id, variation_id])


class ModifierGroupRow(Table, tablename="modifier_groups", schema="menu"):
    """A question with options; nothing deletes it."""

    group_id = Text(primary_key=True)
    tenant = Tenant()
    brand_id = Text(required=True, index=True)
    name = Text(required=True)
    min_choices = SmallInt(required=True)
    max_choices = SmallInt(required=True)
    version = BigInt(required=True)


class ModifierRow(Table, tablename="modifiers", schema="menu"):
    """An option of a group, at the brand's price (minor units); ``opens`` names groups of the same brand."""

    modifier_id = Text(primary_key=True)
    tenant = Tenant()
    group_id = ForeignKey(ModifierGroupRow, null=False, on_delete=OnDelete.restrict, index=True)
    position = SmallInt(required=True)
    name = Text(required=True)
    amount = BigInt(required=True)
    currency = Text(required=True)
    max_quantity = SmallInt(required=True)
    opens = Array(base_column=Text(), default=list)
    station = Text()


class ModifierOfferRow(Table, tablename="modifier_offers", schema="menu"):
    """Where a location differs in an option: a price of its own (or null), or nothing left to sell."""

    offer_id = BigSerial(primary_key=True)
    tenant = Tenant()
    location_id = Text(required=True)
    modifier_id = ForeignKey(ModifierRow, null=False, on_delete=OnDelete.cascade, index=True)
    amount = BigInt(null=True, default=None)
    currency = Text(null=True, default=None)
    available = Boolean(default=True)

    one_modifier_offer_each = Unique([location_id, modifier_id])
