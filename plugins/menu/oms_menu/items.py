"""Items: write, read, change."""

from __future__ import annotations

from collections.abc import Sequence

from oms_core.calls import new_id
from oms_core.storage import Storage, Transaction
from oms_menu import group_store, opening, rules, store
from oms_menu.asking import check_asked_with_groups
from oms_menu.places import Places, refuse, stale
from oms_protos.menu.v1 import (
    BatchGetItemsRequest,
    BatchGetItemsResponse,
    CreateItemRequest,
    Item,
    ItemModifierGroup,
    UpdateItemRequest,
    Variation,
)
from oms_wire.errors import FieldViolation, NotFound


class Items:
    """What brands sell."""

    def __init__(self, storage: Storage, places: Places) -> None:
        self._storage = storage
        self._places = places

    async def locate(self, item_id: str) -> str:
        """Return the brand of an item."""
        async with self._storage.transaction() as tx:
            return await _brand_of(tx, item_id)

    async def create(self, request: CreateItemRequest) -> Item:
        """Add an item to a brand's menu; every location sells it from now on."""
        refuse(rules.check_item(request))
        await self._places.brand(request.brand_id)
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
            modifier_groups=request.modifier_groups,
        )
        async with self._storage.transaction() as tx:
            await store.changed(tx, item.brand_id)
            await _check_groups(tx, item.brand_id, item.modifier_groups, field="modifier_groups")
            await store.write_item(tx, item)
            tx.answer(item)
        return item

    async def get(self, item_id: str) -> Item:
        """Return an item as its brand wrote it."""
        async with self._storage.transaction() as tx:
            for item in await store.read_items(tx, [item_id]):
                return item
        raise _no_item(item_id)

    async def batch_get(self, request: BatchGetItemsRequest) -> BatchGetItemsResponse:
        """Return those of the items that the location's brand has, with every group they open."""
        if not 1 <= len(request.item_ids) <= rules.ITEMS_AT_ONCE:
            message = f"{len(request.item_ids)} ids; 1 to {rules.ITEMS_AT_ONCE} needed"
            refuse([FieldViolation("item_ids", message)])
        location = await self._places.location(request.location_id)
        async with self._storage.transaction() as tx:
            found = await store.read_items(tx, request.item_ids)
            items = [item for item in found if item.brand_id == location.parent_id]
            asked = {group.group_id for item in items for group in item.modifier_groups}
            groups = await group_store.read_opened(tx, asked)
        return BatchGetItemsResponse(items=items, modifier_groups=list(groups.values()))

    async def update(self, request: UpdateItemRequest) -> Item:
        """Change what was sent of an item, if it is still as the caller read it."""
        refuse(rules.check_update(request))
        asks = None if request.modifier_groups is None else request.modifier_groups.modifier_groups
        async with self._storage.transaction() as tx:
            brand_id = await _brand_of(tx, request.item_id)
            await store.changed(tx, brand_id)
            updated = await store.update_item(
                tx,
                request.item_id,
                version=request.version,
                name=request.name,
                station=request.station,
                modifier_groups=asks,
            )
            [item] = await store.read_items(tx, [request.item_id])
            if not updated:
                raise stale(request.item_id, sent=request.version, current=item.version)
            await _check_groups(tx, brand_id, asks or (), field=rules.GROUPS_FIELD)
            tx.answer(item)
        return item


async def _check_groups(
    tx: Transaction, brand_id: str, asks: Sequence[ItemModifierGroup], *, field: str
) -> None:
    if not asks:
        return
    ids = [group.group_id for group in asks]
    known = await group_store.read_known(tx, brand_id, ids)
    unknown = [
        violation
        for index, group_id in enumerate(ids)
        for violation in opening.check_known(
            group_id, known, brand_id=brand_id, field=f"{field}[{index}].group_id"
        )
    ]
    refuse(unknown, code=opening.UNKNOWN_MODIFIER_GROUP)
    refuse(check_asked_with_groups(asks, await group_store.read_groups(tx, ids), field=field))


async def _brand_of(tx: Transaction, item_id: str) -> str:
    if brand_id := await store.brand_of(tx, item_id):
        return brand_id
    raise _no_item(item_id)


def _no_item(item_id: str) -> NotFound:
    return NotFound("ITEM_NOT_FOUND", f"there is no item {item_id!r}")
