{%- set c = cookiecutter -%}
"""The plugins that run, and a small shop made through the API, as a real one is."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
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
from oms_protos.orders.v1 import Line, OrdersClient
from oms_protos.types.v1 import Money

from {{ c.__protos }}.v1 import {{ c.__Resources }}Client

PLUGINS = ["identity", "menu", "orders", "{{ c.name }}"]


@pytest.fixture
async def plugins(database_dsn: str) -> AsyncIterator[Running]:
    config = Config(plugins=PLUGINS, settings={"{{ c.name }}": {"percent_off": 10}})
    async with running(database_dsn, config=config) as plugins:
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
async def line(plugins: Running, chain: Node, location: Node) -> Line:
    """One ramen at 9.05 USD."""
    menu = plugins.client(MenuClient, tenant=chain.node_id, role="owner")
    variation = NewVariation(name="Small", price=Money(amount=905, currency="USD"))
    ramen = await menu.create_item(
        CreateItemRequest(brand_id=location.parent_id, name="Ramen", variations=[variation])
    )
    return Line(variation_id=ramen.variations[0].variation_id, quantity=1)


@pytest.fixture
def orders(plugins: Running, chain: Node) -> OrdersClient:
    return plugins.client(OrdersClient, tenant=chain.node_id, role="owner")


@pytest.fixture
def {{ c.__plural }}(plugins: Running, chain: Node) -> {{ c.__Resources }}Client:
    return plugins.client({{ c.__Resources }}Client, tenant=chain.node_id, role="manager")
