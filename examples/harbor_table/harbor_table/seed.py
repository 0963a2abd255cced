"""Opens the chain through the API: tree, menus, local prices. What is there already stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harbor_table.menus import CHAIN, BrandSheet, ItemSheet, LocationSheet, brands
from harbor_table.seed_groups import asked, local_options, write_groups
from oms_sdk import AsyncOMS, Menu, MenuItem, Money, NewVariation, Node

CHAIN_FILE = "harbor_table.chain"
"""In the data folder: the id of the chain that was opened on it."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place that sells: who owns it, and what it offers."""

    location_id: str
    name: str
    brand: str
    menu: Menu


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain as it stands."""

    chain_id: str
    locations: tuple[Location, ...]


async def open_chain(operator: AsyncOMS, data: Path) -> str:
    """Return the id of the chain of this data folder; the first time, open it."""
    file = data / CHAIN_FILE
    if not file.exists():
        # A fixed key: a start that died before it wrote the file down gets the same chain again.
        chain = await operator.identity.create_chain(name=CHAIN, idempotency_key="harbor-table-chain")
        file.write_text(chain.node_id, encoding="utf-8")
    return file.read_text(encoding="utf-8")


async def seed(owner: AsyncOMS, chain_id: str, *, told: Callable[[str], None] = lambda _: None) -> Chain:
    """Bring the tree and the menus to what the menu files say, and return them. ``told`` gets progress."""
    listed = await owner.identity.list_nodes(root_id=chain_id)
    known = {node.name: node for node in listed.nodes}
    locations: list[Location] = []
    for sheet in brands():
        told(sheet.brand)
        brand = known.get(sheet.brand) or await owner.identity.create_brand(
            chain_id=chain_id, name=sheet.brand, idempotency_key=f"brand/{sheet.brand}"
        )
        nodes = [
            known.get(place.name) or await _location(owner, brand, sheet, place) for place in sheet.locations
        ]
        await _write_menu(owner, brand, sheet, nodes[0])
        for node, place in zip(nodes, sheet.locations, strict=True):
            if place.name not in known:
                await _local_terms(owner, node, sheet, place)
            locations.append(
                Location(node.node_id, node.name, sheet.brand, await menu_of(owner, node.node_id))
            )
    return Chain(chain_id, tuple(locations))


async def menu_of(oms: AsyncOMS, location_id: str) -> Menu:
    """Return what a location sells now."""
    return await oms.menu.get(location_id)


async def _location(owner: AsyncOMS, brand: Node, sheet: BrandSheet, place: LocationSheet) -> Node:
    return await owner.identity.create_location(
        brand_id=brand.node_id,
        name=place.name,
        time_zone=place.time_zone,
        currency=sheet.currency,
        business_day_cutoff=place.business_day_cutoff,
        idempotency_key=f"location/{place.name}",
    )


async def _write_menu(owner: AsyncOMS, brand: Node, sheet: BrandSheet, shown_at: Node) -> None:
    menu = await menu_of(owner, shown_at.node_id)
    written = {item.name for item in menu.items}
    missing = [item for item in sheet.items if item.name not in written]
    groups = await write_groups(owner, brand, sheet, menu) if missing else {}
    for item in missing:
        await owner.menu.create_item(
            brand_id=brand.node_id,
            name=item.name,
            station=item.station,
            variations=variations_of(item, sheet.currency),
            modifier_groups=[asked(one, groups, sheet.currency) for one in item.asks],
            idempotency_key=f"item/{sheet.brand}/{item.name}",
        )


def variations_of(item: ItemSheet, currency: str) -> list[NewVariation]:
    """Return what an item of a menu file is sold as."""
    return [
        NewVariation(name=name, price=Money(amount=amount, currency=currency))
        for name, amount in item.variations.items()
    ]


async def _local_terms(owner: AsyncOMS, node: Node, sheet: BrandSheet, place: LocationSheet) -> None:
    menu = await menu_of(owner, node.node_id)
    items = {item.name: item for item in menu.items}
    for item_name, prices in place.prices.items():
        for variation, amount in prices.items():
            variation_id = _id_of(items[item_name], variation)
            await owner.menu.set_price(
                node.node_id,
                variation_id,
                price=Money(amount=amount, currency=sheet.currency),
            )
    for item_name, variations in place.sold_out.items():
        for variation in variations:
            variation_id = _id_of(items[item_name], variation)
            await owner.menu.set_availability(node.node_id, variation_id, available=False)
    await local_options(owner, node, menu, place, currency=sheet.currency)


def _id_of(item: MenuItem, name: str) -> str:
    (found,) = (variation for variation in item.variations if variation.name == name)
    return found.variation_id
