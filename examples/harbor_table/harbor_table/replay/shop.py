"""The shop whose year it was, opened through the API. What is there already stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harbor_table.replay.failures import ReplayError
from harbor_table.replay.sales import CURRENCY, ZONE, Product, Sales
from oms_sdk import AsyncOMS, Menu, Money, NewVariation, Node, NodeKind

NAME = "Pizzaplace"
CHAIN_FILE = "pizzaplace.chain"
"""In the data folder: the id of the chain that was opened on it."""


@dataclass(frozen=True, slots=True)
class Shop:
    """The location, and the id of each variation that it sells."""

    location_id: str
    variations: Mapping[Product, str]


async def open_chain(operator: AsyncOMS, data: Path) -> str:
    """Return the id of the chain of this data folder; the first time, open it."""
    file = data / CHAIN_FILE
    if not file.exists():
        # A fixed key: a start that died before it wrote the file down gets the same chain again.
        chain = await operator.identity.create_chain(name=NAME, idempotency_key="pizzaplace/chain")
        file.write_text(chain.node_id, encoding="utf-8")
    return file.read_text(encoding="utf-8").strip()


async def open_shop(owner: AsyncOMS, chain_id: str, sales: Sales) -> Shop:
    """Return the shop of a chain, with everything on its menu that was sold; what is missing is added.

    Raises ReplayError when the shop is there, but charges otherwise than the data set says.
    """
    nodes = (await owner.identity.list_nodes(root_id=chain_id)).nodes
    brand = _find(nodes, NodeKind.BRAND, chain_id) or await owner.identity.create_brand(
        chain_id=chain_id, name=NAME, idempotency_key=f"pizzaplace/{chain_id}/brand"
    )
    location = _find(nodes, NodeKind.LOCATION, brand.node_id) or await owner.identity.create_location(
        brand_id=brand.node_id,
        name=NAME,
        time_zone=ZONE.key,
        currency=CURRENCY,
        business_day_cutoff="00:00",  # the data set's days end with the date
        idempotency_key=f"pizzaplace/{brand.node_id}/location",
    )
    return await _with_menu(owner, location, sales)


def _find(nodes: Sequence[Node], kind: NodeKind, parent_id: str) -> Node | None:
    mine = (one for one in nodes if (one.kind, one.name, one.parent_id) == (kind, NAME, parent_id))
    return next(mine, None)


async def _with_menu(owner: AsyncOMS, location: Node, sales: Sales) -> Shop:
    known = {item.name for item in (await owner.menu.get(location.node_id)).items}
    for pizza in sorted({pizza for pizza, _ in sales.prices} - known):
        await owner.menu.create_item(
            brand_id=location.parent_id,
            name=pizza,
            variations=[
                NewVariation(name=size, price=Money(amount=amount, currency=CURRENCY))
                for (name, size), amount in sales.prices.items()
                if name == pizza
            ],
            idempotency_key=f"pizzaplace/{location.parent_id}/{pizza}",
        )
    return Shop(location.node_id, _checked(await owner.menu.get(location.node_id), sales))


def _checked(menu: Menu, sales: Sales) -> Mapping[Product, str]:
    sold = {(item.name, one.name): one for item in menu.items for one in item.variations}
    for (pizza, size), amount in sales.prices.items():
        offer = sold.get((pizza, size))
        price = offer.price if offer else None
        if offer is None or price is None or (price.amount, price.currency) != (amount, CURRENCY):
            found = f"{price.amount} {price.currency}" if price else "nothing at all"
            raise ReplayError(
                "MENU_DIFFERS",
                f"{pizza} {size} was sold for {amount} {CURRENCY} (minor units), and costs {found} here",
                hint="replay into another data folder or chain, where the shop is opened anew",
            )
    return {product: sold[product].variation_id for product in sales.prices}
