"""A small chain to test with: made through the API, as a real one is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import pytest_asyncio

from oms_core.auth import PLATFORM, PLATFORM_NODE
from oms_core.ids import new_id
from oms_core.storage import EmbeddedServer
from oms_core.storage.connection import connect
from oms_core.testing.broker import named_broker
from oms_core.testing.running import Placement, Running, running
from oms_protos.identity.v1 import (
    CreateBrandRequest,
    CreateChainRequest,
    CreateLocationRequest,
    IdentityClient,
)
from oms_protos.kitchen.v1 import ListTicketsRequest, Ticket, TicketsClient
from oms_protos.menu.v1 import CreateItemRequest, Item, MenuClient, NewVariation
from oms_protos.orders.v1 import Line, Order, OrdersClient, PlaceOrderRequest, PriceOrderRequest, ServiceMode
from oms_protos.types.v1 import Money


@dataclass(frozen=True, slots=True)
class Shop:
    """One chain, two brands, three locations; its owner's clients."""

    running: Running
    chain_id: str
    noodles: str
    burgers: str
    pier: str
    """A location of ``noodles`` that sells in USD; its sister is ``market``."""
    market: str
    airport: str
    """A location of ``burgers``."""
    ramen: Item
    """Made at the wok; Small 900, Large 1250."""
    gyoza: Item
    """Made at the grill; Six 650."""
    cola: Item
    """Nobody makes it; Can 250."""
    identity: IdentityClient
    menu: MenuClient
    orders: OrdersClient
    tickets: TicketsClient

    def line(self, item: Item, *, quantity: int = 1, variation: int = 0, note: str = "") -> Line:
        """Return a line of one of the items."""
        variation_id = item.variations[variation].variation_id
        return Line(variation_id=variation_id, quantity=quantity, note=note)

    async def quoted(self, *lines: Line, location_id: str = "", **changed: object) -> PlaceOrderRequest:
        """Price lines and return the request that places them."""
        asked = PriceOrderRequest(
            location_id=location_id or self.pier,
            service_mode=ServiceMode.TAKEOUT,
            lines=list(lines) or [self.line(self.ramen)],
        )
        quote = await self.orders.price_order(asked)
        fields: dict[str, object] = {
            "location_id": asked.location_id,
            "service_mode": asked.service_mode,
            "lines": asked.lines,
            "quote_token": quote.quote_token,
            "channel": "web",
        }
        return PlaceOrderRequest(**(fields | changed))  # type: ignore[arg-type]

    async def place(self, *lines: Line, location_id: str = "", **changed: object) -> Order:
        """Price and place an order."""
        return await self.orders.place_order(await self.quoted(*lines, location_id=location_id, **changed))

    async def tickets_of(self, order: Order) -> Sequence[Ticket]:
        """Return an order's tickets by station, once every event is handled."""
        await self.running.settle()
        request = ListTicketsRequest(location_id=order.location_id, order_id=order.order_id)
        tickets = (await self.tickets.list_tickets(request)).tickets
        return sorted(tickets, key=lambda ticket: ticket.station)


def price(amount: int) -> Money:
    """Return so many US cents."""
    return Money(amount=amount, currency="USD")


async def open_shop(running: Running) -> Shop:
    """Make a chain of its own through the API."""
    operator = running.client(IdentityClient, tenant=PLATFORM, role="operator", node=PLATFORM_NODE)
    chain_id = (await operator.create_chain(CreateChainRequest(name="Harbor Table Group"))).node_id
    identity = running.client(IdentityClient, tenant=chain_id, role="owner")
    menu = running.client(MenuClient, tenant=chain_id, role="owner")

    async def brand(name: str) -> str:
        return (await identity.create_brand(CreateBrandRequest(chain_id=chain_id, name=name))).node_id

    async def location(brand_id: str, name: str) -> str:
        request = CreateLocationRequest(
            brand_id=brand_id, name=name, time_zone="America/New_York", currency="USD"
        )
        return (await identity.create_location(request)).node_id

    async def item(name: str, station: str, **prices: int) -> Item:
        variations = [NewVariation(name=size, price=price(amount)) for size, amount in prices.items()]
        return await menu.create_item(
            CreateItemRequest(brand_id=noodles, name=name, station=station, variations=variations)
        )

    noodles, burgers = await brand("Harbor Noodles"), await brand("Harbor Burgers")
    return Shop(
        running=running,
        chain_id=chain_id,
        noodles=noodles,
        burgers=burgers,
        pier=await location(noodles, "Pier 4"),
        market=await location(noodles, "Market Hall"),
        airport=await location(burgers, "Airport"),
        ramen=await item("Tonkotsu Ramen", "wok", Small=900, Large=1250),
        gyoza=await item("Gyoza", "grill", Six=650),
        cola=await item("Cola", "", Can=250),
        identity=identity,
        menu=menu,
        orders=running.client(OrdersClient, tenant=chain_id, role="owner"),
        tickets=running.client(TicketsClient, tenant=chain_id, role="owner"),
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def plugins(postgres: EmbeddedServer, placement: Placement) -> AsyncIterator[Running]:
    """Every installed plugin, running on one database for the whole session, once in each placement."""
    name = new_id("test")
    administrator = await connect(postgres.dsn)
    try:
        await administrator.execute(f"create database {name}")
        dsn = urlunsplit(urlsplit(postgres.dsn)._replace(path=f"/{name}"))
        broker = await named_broker() if placement == "split" else None
        async with running(dsn, placement=placement, broker=broker) as running_plugins:
            yield running_plugins
        await administrator.execute(f"drop database {name} with (force)")
    finally:
        await administrator.close()


@pytest_asyncio.fixture(loop_scope="session")
async def shop(plugins: Running) -> Shop:
    """A chain that no other test knows."""
    return await open_shop(plugins)
