"""Menus, as the contract offers them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from oms_core.calls import new_id
from oms_core.storage import Storage, Transaction
from oms_menu import rules, store
from oms_protos.identity.v1 import GetNodeRequest, IdentityClient, Node, NodeKind
from oms_protos.menu.v1 import (
    BatchGetItemsRequest,
    BatchGetItemsResponse,
    CreateItemRequest,
    GetItemRequest,
    GetMenuRequest,
    Item,
    Menu,
    MenuChanged,
    MenuServiceBase,
    Offer,
    PriceLinesRequest,
    PriceLinesResponse,
    SetAvailabilityRequest,
    SetPriceRequest,
    UpdateItemRequest,
    Variation,
)
from oms_wire.errors import Aborted, FailedPrecondition, FieldViolation, InvalidArgument, NotFound


class MenuService(MenuServiceBase):
    """Keeps what brands sell and what their locations charge."""

    def __init__(self, storage: Storage, identity: IdentityClient) -> None:
        self._storage = storage
        self._identity = identity

    async def locate_item(self, item_id: str, /) -> str:
        """Return the brand of an item."""
        async with self._storage.transaction() as tx:
            if brand_id := await store.brand_of(tx, item_id):
                return brand_id
        raise _no_item(item_id)

    async def create_item(self, request: CreateItemRequest, /) -> Item:
        """Add an item to a brand's menu; every location sells it from now on."""
        _refuse(rules.check_item(request))
        await self._node(request.brand_id, NodeKind.BRAND, field="brand_id")
        item = Item(
            item_id=new_id("itm"),
            brand_id=request.brand_id,
            name=request.name,
            station=request.station,
            variations=[
                Variation(variation_id=new_id("var"), name=variation.name, price=variation.price)
                for variation in request.variations
            ],
            version=1,
        )
        async with self._storage.transaction() as tx:
            await store.write_item(tx, item)
            await _changed(tx, item.brand_id)
            tx.answer(item)
        return item

    async def get_item(self, request: GetItemRequest, /) -> Item:
        """Return an item as its brand wrote it."""
        async with self._storage.transaction() as tx:
            for item in await store.read_items(tx, [request.item_id]):
                return item
        raise _no_item(request.item_id)

    async def batch_get_items(self, request: BatchGetItemsRequest, /) -> BatchGetItemsResponse:
        """Return those of the items that the location's brand has."""
        if not 1 <= len(request.item_ids) <= rules.ITEMS_AT_ONCE:
            message = f"{len(request.item_ids)} ids; 1 to {rules.ITEMS_AT_ONCE} needed"
            _refuse([FieldViolation("item_ids", message)])
        location = await self._location(request.location_id)
        async with self._storage.transaction() as tx:
            items = await store.read_items(tx, request.item_ids)
        return BatchGetItemsResponse(items=[item for item in items if item.brand_id == location.parent_id])

    async def update_item(self, request: UpdateItemRequest, /) -> Item:
        """Change an item's name or station, if it is still as the caller read it."""
        _refuse(rules.check_update(request))
        async with self._storage.transaction() as tx:
            updated = await store.update_item(
                tx, request.item_id, version=request.version, name=request.name, station=request.station
            )
            item = next(iter(await store.read_items(tx, [request.item_id])), None)
            if item is None:
                raise _no_item(request.item_id)
            if not updated:
                raise _stale(request.item_id, sent=request.version, current=item.version)
            await _changed(tx, item.brand_id)
            tx.answer(item)
        return item

    async def set_price(self, request: SetPriceRequest, /) -> Offer:
        """Set a location's own price, or drop it."""
        location = await self._location(request.location_id)
        price = request.price
        if price is not None:
            _refuse(rules.check_price(price, field="price"))
            if price.currency != location.currency:
                message = f"{request.location_id} sells in {location.currency}, not in {price.currency}"
                raise InvalidArgument(
                    "CURRENCY_MISMATCH", message, violations=[FieldViolation("price.currency", message)]
                )
        return await self._offer(location, request.variation_id, lambda offer: replace(offer, price=price))

    async def set_availability(self, request: SetAvailabilityRequest, /) -> Offer:
        """Eighty-six a variation at a location, or bring it back."""
        location = await self._location(request.location_id)
        return await self._offer(
            location, request.variation_id, lambda offer: replace(offer, available=request.available)
        )

    async def get_menu(self, request: GetMenuRequest, /) -> Menu:
        """Return what a location sells today."""
        location = await self._location(request.location_id)
        async with self._storage.transaction() as tx:
            return await store.read_menu(tx, location.parent_id, location.node_id, currency=location.currency)

    async def price_lines(self, request: PriceLinesRequest, /) -> PriceLinesResponse:
        """Price lines with one statement; nothing is stored."""
        _refuse(rules.check_lines(request.lines))
        location = await self._location(request.location_id)
        wanted = {line.variation_id for line in request.lines}
        async with self._storage.transaction() as tx:
            offered, menu_version = await store.read_offered(tx, location.parent_id, location.node_id, wanted)
        if refusal := rules.find_refusal(request.lines, offered, currency=location.currency):
            kind = InvalidArgument if refusal.code == rules.UNKNOWN_VARIATION else FailedPrecondition
            raise kind(refusal.code, refusal.violations[0].message, violations=refusal.violations)
        lines = rules.price(request.lines, offered)
        total = rules.total(lines, currency=location.currency)
        return PriceLinesResponse(lines=lines, total=total, menu_version=menu_version)

    async def _offer(self, location: Node, variation_id: str, change: Callable[[Offer], Offer]) -> Offer:
        async with self._storage.transaction() as tx:
            found = await store.read_offer(tx, location.parent_id, location.node_id, variation_id)
            if found is None:
                message = f"there is no variation {variation_id!r} on the menu of {location.node_id}"
                raise NotFound("VARIATION_NOT_FOUND", message)
            before, brand_price = found
            after = change(before)
            if after != before:
                await store.write_offer(tx, after)
                await _changed(tx, location.parent_id, location_id=location.node_id)
        return store.effective(after, brand_price)

    async def _location(self, location_id: str) -> Node:
        return await self._node(location_id, NodeKind.LOCATION, field="location_id")

    async def _node(self, node_id: str, kind: NodeKind, *, field: str) -> Node:
        node = await self._identity.get_node(GetNodeRequest(node_id=node_id))
        if node.kind is not kind:
            _refuse(
                [FieldViolation(field, f"{node_id} is a {node.kind.name.lower()}, not a {kind.name.lower()}")]
            )
        return node


async def _changed(tx: Transaction, brand_id: str, *, location_id: str = "") -> None:
    version = await store.bump_menu(tx, brand_id)
    event = MenuChanged(brand_id=brand_id, menu_version=version, location_id=location_id)
    tx.emit(event, version=version)


def _refuse(wrong: Sequence[FieldViolation]) -> None:
    if wrong:
        raise InvalidArgument(rules.INVALID_FIELD, f"{wrong[0].field}: {wrong[0].message}", violations=wrong)


def _no_item(item_id: str) -> NotFound:
    return NotFound("ITEM_NOT_FOUND", f"there is no item {item_id!r}")


def _stale(item_id: str, *, sent: int, current: int) -> Aborted:
    return Aborted(
        "VERSION_MISMATCH",
        f"{item_id} is at version {current}, not {sent}: read it again and decide again",
        details={"sent": str(sent), "current": str(current)},
    )
