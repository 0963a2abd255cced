"""The wiring."""

from __future__ import annotations

from oms_core.plugins import Plugin, Registry, hookimpl
from oms_menu.service import MenuService
from oms_menu.tables import (
    BrandMenu,
    ItemRow,
    ModifierGroupRow,
    ModifierOfferRow,
    ModifierRow,
    OfferRow,
    VariationRow,
)


class Menu(Plugin):
    """Items, variations, modifiers, and each location's prices and availability."""

    requires = ("identity",)

    @hookimpl
    def register(self, oms: Registry) -> None:
        """Serve the menus."""
        oms.serve(MenuService)
        oms.tables(BrandMenu, ItemRow, VariationRow, OfferRow)
        oms.tables(ModifierGroupRow, ModifierRow, ModifierOfferRow)
