"""The plugins that run, and a small shop made through the API, as a real one is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from oms_core.clock import FixedClock
from oms_core.config import Config
from oms_core.testing.running import Running, running
from oms_protos.identity.v1 import (
    CreateBrandRequest,
    CreateChainRequest,
    CreateLocationRequest,
    IdentityClient,
    Node,
)
from oms_protos.menu.v1 import CreateItemRequest, MenuClient, NewVariation
from oms_protos.orders.v1 import Line, OrdersClient, PriceOrderRequest, ServiceMode
from oms_protos.types.v1 import Money

from happy_hour_protos.v1 import HappyHoursClient

PLUGINS = ["identity", "menu", "orders", "kitchen", "happy_hour"]


@pytest.fixture
def clock() -> FixedClock:
    """A Monday in New York, 17:30."""
    return FixedClock(datetime(2026, 1, 5, 22, 30, tzinfo=UTC))


@pytest.fixture
async def plugins(database_dsn: str, clock: FixedClock) -> AsyncIterator[Running]:
    async with running(database_dsn, config=Config(plugins=PLUGINS), clock=clock) as plugins:
        yield plugins


@pytest.fixture
async def chain(plugins: Running) -> Node:
    operator = plugins.client(IdentityClient, tenant="platform", role="operator", node="*")
    return await operator.create_chain(CreateChainRequest(name="Harbor Table"))


@pytest.fixture
async def location(plugins: Running, chain: Node) -> Node:
    owner = plugins.client(IdentityClient, tenant=chain.node_id, role="owner")
    brand = await owner.create_brand(CreateBrandRequest(chain_id=chain.node_id, name="Harbor Noodles"))
    return await owner.create_location(
        CreateLocationRequest(
            brand_id=brand.node_id, name="Pier 4", time_zone="America/New_York", currency="USD"
        )
    )


@pytest.fixture
async def basket(plugins: Running, chain: Node, location: Node) -> PriceOrderRequest:
    """One ramen at 9.05 USD, which no station has to make."""
    menu = plugins.client(MenuClient, tenant=chain.node_id, role="owner")
    variation = NewVariation(name="Small", price=Money(amount=905, currency="USD"))
    ramen = await menu.create_item(
        CreateItemRequest(brand_id=location.parent_id, name="Ramen", variations=[variation])
    )
    line = Line(variation_id=ramen.variations[0].variation_id, quantity=1)
    return PriceOrderRequest(location_id=location.node_id, service_mode=ServiceMode.TAKEOUT, lines=[line])


@pytest.fixture
def orders(plugins: Running, chain: Node) -> OrdersClient:
    return plugins.client(OrdersClient, tenant=chain.node_id, role="owner")


@pytest.fixture
def happy_hours(plugins: Running, chain: Node) -> HappyHoursClient:
    return plugins.client(HappyHoursClient, tenant=chain.node_id, role="manager")
