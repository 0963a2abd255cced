"""Menus, as the contract offers them."""

from __future__ import annotations

from oms_core.storage import Storage
from oms_menu import line_store, menu_store, pricing
from oms_menu.choices import chosen_ids
from oms_menu.groups import Groups
from oms_menu.items import Items
from oms_menu.offers import Offers
from oms_menu.places import Places, refuse
from oms_protos.identity.v1 import IdentityClient
from oms_protos.menu.v1 import (
    BatchGetItemsRequest,
    BatchGetItemsResponse,
    CreateItemRequest,
    CreateModifierGroupRequest,
    GetItemRequest,
    GetMenuRequest,
    GetModifierGroupRequest,
    Item,
    Menu,
    MenuServiceBase,
    ModifierGroup,
    ModifierOffer,
    Offer,
    PriceLinesRequest,
    PriceLinesResponse,
    SetAvailabilityRequest,
    SetModifierAvailabilityRequest,
    SetModifierPriceRequest,
    SetPriceRequest,
    UpdateItemRequest,
    UpdateModifierGroupRequest,
)
from oms_wire.errors import FailedPrecondition, InvalidArgument


class MenuService(MenuServiceBase):
    """Keeps what brands sell and what their locations charge."""

    def __init__(self, storage: Storage, identity: IdentityClient) -> None:
        self._storage = storage
        self._places = places = Places(identity)
        self._items = Items(storage, places)
        self._groups = Groups(storage, places)
        self._offers = Offers(storage, places)

    async def locate_item(self, item_id: str, /) -> str:
        """Return the brand of an item."""
        return await self._items.locate(item_id)

    async def locate_group(self, group_id: str, /) -> str:
        """Return the brand of a modifier group."""
        return await self._groups.locate(group_id)

    async def create_item(self, request: CreateItemRequest, /) -> Item:
        """Add an item to a brand's menu; every location sells it from now on."""
        return await self._items.create(request)

    async def get_item(self, request: GetItemRequest, /) -> Item:
        """Return an item as its brand wrote it."""
        return await self._items.get(request.item_id)

    async def batch_get_items(self, request: BatchGetItemsRequest, /) -> BatchGetItemsResponse:
        """Return those of the items that the location's brand has, with every group they open."""
        return await self._items.batch_get(request)

    async def update_item(self, request: UpdateItemRequest, /) -> Item:
        """Change an item, if it is still as the caller read it."""
        return await self._items.update(request)

    async def create_modifier_group(self, request: CreateModifierGroupRequest, /) -> ModifierGroup:
        """Add a group of modifiers that items and options can open."""
        return await self._groups.create(request)

    async def get_modifier_group(self, request: GetModifierGroupRequest, /) -> ModifierGroup:
        """Return a group as its brand wrote it."""
        return await self._groups.get(request.group_id)

    async def update_modifier_group(self, request: UpdateModifierGroupRequest, /) -> ModifierGroup:
        """Change a group, if it is still as the caller read it."""
        return await self._groups.update(request)

    async def set_price(self, request: SetPriceRequest, /) -> Offer:
        """Set a location's own price, or drop it."""
        return await self._offers.set_price(request)

    async def set_availability(self, request: SetAvailabilityRequest, /) -> Offer:
        """Eighty-six a variation at a location, or bring it back."""
        return await self._offers.set_availability(request)

    async def set_modifier_price(self, request: SetModifierPriceRequest, /) -> ModifierOffer:
        """Set a location's own price of an option, or drop it."""
        return await self._offers.set_modifier_price(request)

    async def set_modifier_availability(self, request: SetModifierAvailabilityRequest, /) -> ModifierOffer:
        """Eighty-six an option at a location, or bring it back."""
        return await self._offers.set_modifier_availability(request)

    async def get_menu(self, request: GetMenuRequest, /) -> Menu:
        """Return what a location sells today."""
        location = await self._places.location(request.location_id)
        async with self._storage.transaction() as tx:
            return await menu_store.read_menu(tx, location)

    async def price_lines(self, request: PriceLinesRequest, /) -> PriceLinesResponse:
        """Price lines by one snapshot of the menu; nothing is stored."""
        refuse(pricing.check_lines(request.lines))
        location = await self._places.location(request.location_id)
        variations = {line.variation_id for line in request.lines}
        chosen = chosen_ids(line.modifiers for line in request.lines)
        async with self._storage.transaction() as tx:
            shelf = await line_store.read_shelf(tx, location, variations, chosen)
        if refusal := pricing.find_refusal(request.lines, shelf):
            kind = InvalidArgument if refusal.code in pricing.BAD_REQUEST else FailedPrecondition
            raise kind(refusal.code, refusal.violations[0].message, violations=refusal.violations)
        lines = pricing.price(request.lines, shelf)
        refuse(pricing.check_amounts(lines))
        total = pricing.total(lines, currency=location.currency)
        return PriceLinesResponse(lines=lines, total=total, menu_version=shelf.menu_version)
