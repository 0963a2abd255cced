"""Offers: what a location charges instead of its brand, and what it has run out of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from oms_core.storage import Storage
from oms_menu import offer_store, store
from oms_menu.fields import check_price
from oms_menu.places import Places, refuse, refuse_currency
from oms_protos.identity.v1 import Node
from oms_protos.menu.v1 import (
    ModifierOffer,
    Offer,
    SetAvailabilityRequest,
    SetModifierAvailabilityRequest,
    SetModifierPriceRequest,
    SetPriceRequest,
)
from oms_wire.errors import NotFound


class Offers:
    """Where locations differ from their brand. What is set already changes nothing."""

    def __init__(self, storage: Storage, places: Places) -> None:
        self._storage = storage
        self._places = places

    async def set_price(self, request: SetPriceRequest) -> Offer:
        """Set a location's own price of a variation, or drop it."""
        location = await self._priced(request)
        return await self._offer(
            location, request.variation_id, lambda offer: replace(offer, price=request.price)
        )

    async def set_availability(self, request: SetAvailabilityRequest) -> Offer:
        """Eighty-six a variation at a location, or bring it back."""
        location = await self._places.location(request.location_id)
        return await self._offer(
            location, request.variation_id, lambda offer: replace(offer, available=request.available)
        )

    async def set_modifier_price(self, request: SetModifierPriceRequest) -> ModifierOffer:
        """Set a location's own price of an option, or drop it."""
        location = await self._priced(request)
        return await self._modifier_offer(
            location, request.modifier_id, lambda offer: replace(offer, price=request.price)
        )

    async def set_modifier_availability(self, request: SetModifierAvailabilityRequest) -> ModifierOffer:
        """Eighty-six an option at a location, or bring it back."""
        location = await self._places.location(request.location_id)
        return await self._modifier_offer(
            location, request.modifier_id, lambda offer: replace(offer, available=request.available)
        )

    async def _priced(self, request: SetPriceRequest | SetModifierPriceRequest) -> Node:
        location = await self._places.location(request.location_id)
        if request.price is not None:
            refuse(check_price(request.price, field="price"))
        refuse_currency(request.price, location)
        return location

    async def _offer(self, location: Node, variation_id: str, change: Callable[[Offer], Offer]) -> Offer:
        async with self._storage.transaction() as tx:
            found = await offer_store.read_offer(tx, location.parent_id, location.node_id, variation_id)
            if found is None:
                message = f"there is no variation {variation_id!r} on the menu of {location.node_id}"
                raise NotFound("VARIATION_NOT_FOUND", message)
            before, brand_price = found
            after = change(before)
            if after != before:
                await offer_store.write_offer(tx, after)
                await store.changed(tx, location.parent_id, location_id=location.node_id)
        return offer_store.effective(after, brand_price)

    async def _modifier_offer(
        self, location: Node, modifier_id: str, change: Callable[[ModifierOffer], ModifierOffer]
    ) -> ModifierOffer:
        brand_id, location_id = location.parent_id, location.node_id
        async with self._storage.transaction() as tx:
            # First of all: whoever changes the option's group takes this lock before the option's.
            await store.lock_menu(tx, brand_id)
            before = await offer_store.read_modifier_offer(tx, brand_id, location_id, modifier_id)
            if before is None:
                message = f"there is no modifier {modifier_id!r} on the menu of {location_id}"
                raise NotFound("MODIFIER_NOT_FOUND", message)
            after = change(before)
            if after != before:
                await offer_store.write_modifier_offer(tx, after)
                await store.changed(tx, brand_id, location_id=location_id)
        return after
