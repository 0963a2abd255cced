"""Opens the chain through the API: tree, menus, local prices. What is there already stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harbor_table.api import Api
from harbor_table.menus import CHAIN, BrandSheet, ItemSheet, LocationSheet, brands
from oms_protos.identity.v1 import (
    CreateBrandRequest,
    CreateChainRequest,
    CreateLocationRequest,
    ListNodesResponse,
    Node,
)
from oms_protos.menu.v1 import (
    CreateItemRequest,
    Item,
    Menu,
    MenuItem,
    NewVariation,
    Offer,
    SetAvailabilityRequest,
    SetPriceRequest,
)
from oms_protos.types.v1 import Money

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


async def open_chain(operator: Api, data: Path) -> str:
    """Return the id of the chain of this data folder; the first time, open it."""
    file = data / CHAIN_FILE
    if not file.exists():
        # A fixed key: a start that died before it wrote the file down gets the same chain again.
        chain = await operator.write(
            "/v1/chains", CreateChainRequest(name=CHAIN), Node, key="harbor-table-chain"
        )
        file.write_text(chain.node_id, encoding="utf-8")
    return file.read_text(encoding="utf-8")


async def seed(owner: Api, chain_id: str, *, told: Callable[[str], None] = lambda _: None) -> Chain:
    """Bring the tree and the menus to what the menu files say, and return them. ``told`` gets progress."""
    listed = await owner.read("/v1/nodes", ListNodesResponse, rootId=chain_id)
    known = {node.name: node for node in listed.nodes}
    locations: list[Location] = []
    for sheet in brands():
        told(sheet.brand)
        brand = known.get(sheet.brand) or await owner.write(
            "/v1/brands",
            CreateBrandRequest(chain_id=chain_id, name=sheet.brand),
            Node,
            key=f"brand/{sheet.brand}",
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


async def menu_of(api: Api, location_id: str) -> Menu:
    """Return what a location sells now."""
    return await api.read(f"/v1/locations/{location_id}/menu", Menu)


async def _location(owner: Api, brand: Node, sheet: BrandSheet, place: LocationSheet) -> Node:
    request = CreateLocationRequest(
        brand_id=brand.node_id,
        name=place.name,
        time_zone=place.time_zone,
        currency=sheet.currency,
        business_day_cutoff=place.business_day_cutoff,
    )
    return await owner.write("/v1/locations", request, Node, key=f"location/{place.name}")


async def _write_menu(owner: Api, brand: Node, sheet: BrandSheet, shown_at: Node) -> None:
    written = {item.name for item in (await menu_of(owner, shown_at.node_id)).items}
    for item in sheet.items:
        if item.name not in written:
            request = _item(brand.node_id, sheet.currency, item)
            await owner.write("/v1/items", request, Item, key=f"item/{sheet.brand}/{item.name}")


def _item(brand_id: str, currency: str, sheet: ItemSheet) -> CreateItemRequest:
    variations = [
        NewVariation(name=name, price=Money(amount=amount, currency=currency))
        for name, amount in sheet.variations.items()
    ]
    return CreateItemRequest(brand_id=brand_id, name=sheet.name, station=sheet.station, variations=variations)


async def _local_terms(owner: Api, node: Node, sheet: BrandSheet, place: LocationSheet) -> None:
    items = {item.name: item for item in (await menu_of(owner, node.node_id)).items}
    for item_name, prices in place.prices.items():
        for variation, amount in prices.items():
            price = SetPriceRequest(price=Money(amount=amount, currency=sheet.currency))
            path = _variation_path(node, items[item_name], variation) + "/price"
            await owner.write(path, price, Offer, key=path, method="PUT")
    for item_name, variations in place.sold_out.items():
        for variation in variations:
            path = _variation_path(node, items[item_name], variation) + "/availability"
            await owner.write(path, SetAvailabilityRequest(available=False), Offer, key=path, method="PUT")


def _variation_path(node: Node, item: MenuItem, name: str) -> str:
    (found,) = (variation for variation in item.variations if variation.name == name)
    return f"/v1/locations/{node.node_id}/variations/{found.variation_id}"
