"""Rows to messages and back; the statements that the ORM cannot say well are plain SQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from oms_core.storage import Record, Transaction
from oms_menu.rules import Offered
from oms_menu.tables import ItemRow, VariationRow
from oms_protos.menu.v1 import Item, Menu, MenuItem, MenuVariation, Offer, Variation
from oms_protos.types.v1 import Money

_ITEMS = """
select i.item_id, i.brand_id, i.name, i.station, i.version,
       v.variation_id, v.name as variation_name, v.amount, v.currency
from menu.items i join menu.variations v using (item_id)
where i.item_id = any($1)
order by i.item_id, v.position
"""

_UPDATE_ITEM = """
update menu.items
set name = coalesce($3, name), station = coalesce($4, station), version = version + 1
where item_id = $1 and version = $2
returning brand_id
"""

_OFFERED = """
select i.item_id, v.variation_id, i.name, v.name as variation_name, i.station,
       coalesce(o.amount, v.amount) as amount, coalesce(o.currency, v.currency) as currency,
       coalesce(o.available, true) as available,
       (select b.version from menu.brand_menus b where b.brand_id = $1) as menu_version
from menu.items i
join menu.variations v using (item_id)
left join menu.offers o on o.location_id = $2 and o.variation_id = v.variation_id
where i.brand_id = $1
"""

_PRICES = _OFFERED + "and v.variation_id = any($3)"

_MENU = _OFFERED + "order by i.item_id, v.position"

_BUMP = """
insert into menu.brand_menus as b (brand_id, tenant, version) values ($1, $2, 1)
on conflict (brand_id) do update set version = b.version + 1
returning version
"""

_WRITE_OFFER = """
insert into menu.offers as o (tenant, location_id, variation_id, amount, currency, available)
values ($1, $2, $3, $4, $5, $6)
on conflict (location_id, variation_id)
do update set amount = excluded.amount, currency = excluded.currency, available = excluded.available
"""

_OFFER = """
select v.amount as brand_amount, v.currency as brand_currency, o.amount, o.currency,
       coalesce(o.available, true) as available
from menu.variations v
join menu.items i using (item_id)
left join menu.offers o on o.location_id = $2 and o.variation_id = v.variation_id
where i.brand_id = $1 and v.variation_id = $3
for update of v
"""


async def bump_menu(tx: Transaction, brand_id: str) -> int:
    """Count one more change of a brand's menu and return its version; later writers wait for our commit."""
    return int(await tx.fetchval(_BUMP, brand_id, tx.tenant))


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
    tx: Transaction, item_id: str, *, version: int, name: str | None, station: str | None
) -> bool:
    """Change what is not None; False when ``version`` is not the one in force."""
    return await tx.fetchval(_UPDATE_ITEM, item_id, version, name, station) is not None


async def read_items(tx: Transaction, item_ids: Collection[str]) -> list[Item]:
    """Return the items that exist, by id."""
    items: dict[str, Item] = {}
    for row in await tx.fetch(_ITEMS, list(item_ids)):
        item = items.setdefault(
            row["item_id"],
            Item(
                item_id=row["item_id"],
                brand_id=row["brand_id"],
                name=row["name"],
                station=row["station"],
                version=row["version"],
            ),
        )
        price = Money(amount=row["amount"], currency=row["currency"])
        item.variations.append(
            Variation(variation_id=row["variation_id"], name=row["variation_name"], price=price)
        )
    return list(items.values())


async def brand_of(tx: Transaction, item_id: str) -> str | None:
    """Return the brand of an item, or None."""
    brand_id: str | None = await tx.fetchval("select brand_id from menu.items where item_id = $1", item_id)
    return brand_id


async def read_offered(
    tx: Transaction, brand_id: str, location_id: str, variation_ids: Collection[str]
) -> tuple[dict[str, Offered], int]:
    """Return what a location offers of the variations, and the menu version, in one statement."""
    rows = await tx.fetch(_PRICES, brand_id, location_id, list(variation_ids))
    offered = {row["variation_id"]: _offered(row) for row in rows}
    return offered, rows[0]["menu_version"] if rows else 0


async def read_menu(tx: Transaction, brand_id: str, location_id: str, *, currency: str) -> Menu:
    """Return the menu of a location: what has a price in its currency, sold out or not."""
    menu = Menu(location_id=location_id)
    for row in await tx.fetch(_MENU, brand_id, location_id):
        menu.menu_version = row["menu_version"]
        offer = _offered(row)
        if offer.currency != currency:
            continue
        if not menu.items or menu.items[-1].item_id != offer.item_id:
            menu.items.append(MenuItem(item_id=offer.item_id, name=offer.name, station=offer.station))
        price = Money(amount=offer.amount, currency=offer.currency)
        menu.items[-1].variations.append(
            MenuVariation(
                variation_id=offer.variation_id,
                name=offer.variation_name,
                price=price,
                available=offer.available,
            )
        )
    return menu


async def read_offer(
    tx: Transaction, brand_id: str, location_id: str, variation_id: str
) -> tuple[Offer, Money] | None:
    """Return a location's own offer (``price`` only where it has its own) and the brand's price.

    The variation stays locked, so that two writers of one offer take turns.
    """
    row = await tx.fetchrow(_OFFER, brand_id, location_id, variation_id)
    if row is None:
        return None
    own = None if row["amount"] is None else Money(amount=row["amount"], currency=row["currency"])
    offer = Offer(location_id=location_id, variation_id=variation_id, price=own, available=row["available"])
    return offer, Money(amount=row["brand_amount"], currency=row["brand_currency"])


async def write_offer(tx: Transaction, offer: Offer) -> None:
    """Store a location's own offer; no price means the brand's."""
    amount, currency = (offer.price.amount, offer.price.currency) if offer.price is not None else (None, None)
    await tx.execute(
        _WRITE_OFFER, tx.tenant, offer.location_id, offer.variation_id, amount, currency, offer.available
    )


def _offered(row: Record) -> Offered:
    return Offered(
        item_id=row["item_id"],
        variation_id=row["variation_id"],
        name=row["name"],
        variation_name=row["variation_name"],
        station=row["station"],
        amount=row["amount"],
        currency=row["currency"],
        available=row["available"],
    )


def effective(offer: Offer, brand_price: Money) -> Offer:
    """Return the offer with the price that a guest pays."""
    return replace(offer, price=offer.price if offer.price is not None else brand_price)
