"""Items, and how often their brand's menu has changed: rows to messages and back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import msgspec

from oms_core.storage import Record, Transaction
from oms_menu.asking import AskedGroup, as_written, asked
from oms_menu.line_store import asks_of
from oms_menu.tables import ItemRow, VariationRow
from oms_protos.menu.v1 import Item, ItemModifierGroup, MenuChanged, Variation
from oms_protos.types.v1 import Money

_ITEMS = """
select i.item_id, i.brand_id, i.name, i.station, i.version, i.modifier_groups,
       v.variation_id, v.name as variation_name, v.amount, v.currency
from menu.items i join menu.variations v using (item_id)
where i.item_id = any($1)
order by i.item_id, v.position
"""

_UPDATE_ITEM = """
update menu.items
set name = coalesce($3, name), station = coalesce($4, station),
    modifier_groups = coalesce($5, modifier_groups), version = version + 1
where item_id = $1 and version = $2
returning brand_id
"""

_ASKING = """
select item_id, name, modifier_groups from menu.items
where brand_id = $1 and modifier_groups @> $2
order by item_id
"""

_KEEP_ASKING = """
update menu.items set modifier_groups = $2, version = version + 1 where item_id = $1
"""

_BUMP = """
insert into menu.brand_menus as b (brand_id, tenant, version) values ($1, $2, 1)
on conflict (brand_id) do update set version = b.version + 1
returning version
"""

_LOCK = "select version from menu.brand_menus where brand_id = $1 for update"


class AskingItem(NamedTuple):
    """An item that asks a certain group."""

    item_id: str
    name: str
    asks: Sequence[AskedGroup]


async def changed(tx: Transaction, brand_id: str, *, location_id: str = "") -> None:
    """Count one more change of a brand's menu and tell of it; later writers wait for our commit.

    What looks at other items or groups comes after it: nobody changes them until then.
    """
    version = int(await tx.fetchval(_BUMP, brand_id, tx.tenant))
    event = MenuChanged(brand_id=brand_id, menu_version=version, location_id=location_id)
    tx.emit(event, version=version)


async def lock_menu(tx: Transaction, brand_id: str) -> None:
    """Wait for other writers of the brand's groups, and let later ones wait."""
    await tx.fetchval(_LOCK, brand_id)


async def write_item(tx: Transaction, item: Item) -> None:
    """Store a new item with its variations."""
    await ItemRow.insert(
        ItemRow(
            item_id=item.item_id,
            tenant=tx.tenant,
            brand_id=item.brand_id,
            name=item.name,
            station=item.station,
            version=item.version,
            modifier_groups=_stored(asked(item.modifier_groups)),
        )
    )
    await VariationRow.insert(
        *(
            VariationRow(
                variation_id=variation.variation_id,
                tenant=tx.tenant,
                item_id=item.item_id,
                position=position,
                name=variation.name,
                amount=variation.price.amount,
                currency=variation.price.currency,
            )
            for position, variation in enumerate(item.variations)
            if variation.price is not None
        )
    )


async def update_item(
    tx: Transaction,
    item_id: str,
    *,
    version: int,
    name: str | None,
    station: str | None,
    modifier_groups: Sequence[ItemModifierGroup] | None,
) -> bool:
    """Change what is not None; False when ``version`` is not the one in force."""
    asks = None if modifier_groups is None else _stored(asked(modifier_groups))
    return await tx.fetchval(_UPDATE_ITEM, item_id, version, name, station, asks) is not None


async def read_items(tx: Transaction, item_ids: Collection[str]) -> list[Item]:
    """Return the items that exist, by id."""
    items: dict[str, Item] = {}
    for row in await tx.fetch(_ITEMS, list(item_ids)):
        item = items.get(row["item_id"]) or items.setdefault(row["item_id"], _item(row))
        price = Money(amount=row["amount"], currency=row["currency"])
        item.variations.append(
            Variation(variation_id=row["variation_id"], name=row["variation_name"], price=price)
        )
    return list(items.values())


async def brand_of(tx: Transaction, item_id: str) -> str | None:
    """Return the brand of an item, or None."""
    brand_id: str | None = await tx.fetchval("select brand_id from menu.items where item_id = $1", item_id)
    return brand_id


async def items_asking(tx: Transaction, brand_id: str, group_id: str) -> list[AskingItem]:
    """Return the brand's items that ask the group themselves."""
    rows = await tx.fetch(_ASKING, brand_id, _stored([AskedGroup(group_id)]))
    return [AskingItem(row["item_id"], row["name"], asks_of(row["modifier_groups"])) for row in rows]


async def write_asks(tx: Transaction, item_id: str, asks: Sequence[AskedGroup]) -> None:
    """Store other groups of an item, as a change of the item."""
    await tx.execute(_KEEP_ASKING, item_id, _stored(asks))


def _item(row: Record) -> Item:
    return Item(
        item_id=row["item_id"],
        brand_id=row["brand_id"],
        name=row["name"],
        station=row["station"],
        version=row["version"],
        modifier_groups=as_written(asks_of(row["modifier_groups"])),
    )


def _stored(asks: Sequence[AskedGroup]) -> str:
    return msgspec.json.encode(asks).decode()
