"""Every method of every plugin, asked with a sister location's token and with another chain's.

The methods come from the generated routes, so a new one is walked without anybody thinking of it; one
whose ids this file does not know makes the test fail.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any

import grpc
import pytest

from oms_core.plugins import discover, load
from oms_core.plugins.contract import contract_of
from oms_core.plugins.registry import Registration, Registry
from oms_wire.method import Idempotency, Scope
from oms_wire.route import Route
from tests.e2e.chains import Caller, Json, Shop, fresh, open_shop


def all_routes() -> list[Route[Any, Any]]:
    """Return the routes of every service that a plugin of ours serves; of others we know no ids."""
    found: list[Route[Any, Any]] = []
    for installed in discover():
        registry = Registry(Registration(installed.name))
        load(installed).register(registry)
        for service in registry.registration.services:
            found += [r for r in contract_of(service, plugin="").routes if r.method in service.METHODS]
    return [route for route in found if route.method.service.startswith("oms.")]


ROUTES = all_routes()
GUARDED = [route for route in ROUTES if route.method.access.scope is not Scope.PUBLIC]
each_route = pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.method.full_name)


class Target:
    """A shop with an order and its tickets: the ids that somebody else could try."""

    def __init__(self, shop: Shop, ids: dict[str, str]) -> None:
        self.shop = shop
        self.ids = ids

    @classmethod
    async def open(cls, shop: Shop) -> Target:
        order = await shop.order()
        path = f"/v1/tickets?locationId={shop.here}&orderId={order['orderId']}"
        async with asyncio.timeout(20):
            while not (tickets := (await shop.owner.get(path)).get("tickets")):
                await asyncio.sleep(0.02)
        here = {"location_id": shop.here, "node_id": shop.here, "root_id": shop.here}
        above = {"chain_id": shop.chain, "brand_id": shop.brand, "item_id": shop.item}
        made = {"order_id": order["orderId"], "ticket_id": tickets[0]["ticketId"]}
        menu = {
            "variation_id": shop.variations[0],
            "group_id": shop.group,
            "modifier_id": shop.modifier,
        }
        return cls(shop, {**here, **above, **made, **menu})

    def request(self, route: Route[Any, Any]) -> tuple[str, str, Json | None]:
        """Return method, path and body with the ids of this shop wherever the route asks for one."""
        path = re.sub(r"\{(\w+)\}", lambda match: self.ids[match[1]], route.template)
        field = route.method.access.field
        named = {} if not field or f"{{{field}}}" in route.path else {_camel(field): self.ids[field]}
        if route.has_body:
            return route.http_method, path, named
        query = "&".join(f"{name}={value}" for name, value in named.items())
        return route.http_method, f"{path}?{query}" if query else path, None

    async def everything(self) -> Sequence[object]:
        """Return a fingerprint of all rows of this chain, whatever table they are in."""
        tables = await self.shop.server.sql(
            "select format('%I.%I', table_schema, table_name) as name from information_schema.columns"
            " where column_name = 'tenant' and table_name <> 'idempotency'"
            " and table_schema in ('oms', 'identity', 'menu', 'orders', 'kitchen')"
            " and table_name not in ('outbox', 'delivery', 'inbox') order by 1"
        )
        sums = ", ".join(
            f"(select md5(string_agg(r::text, '' order by r::text)) from {table['name']} r where tenant = $1)"
            for table in tables
        )
        return await self.shop.server.sql(f"select {sums}", self.shop.chain)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


@pytest.fixture
async def target(shop: Shop) -> Target:
    return await Target.open(shop)


def test_the_walk_finds_the_methods_of_every_plugin() -> None:
    services = {route.method.service for route in ROUTES}
    assert {f"oms.{name}.v1" for name in ("identity", "menu", "orders", "kitchen")} == {
        service.rpartition(".")[0] for service in services
    }
    assert len(GUARDED) >= 20


@each_route
async def test_a_sister_locations_owner_gets_nowhere(target: Target, route: Route[Any, Any]) -> None:
    sister = target.shop.caller("owner", target.shop.sister)
    before = await target.everything()
    answer = await sister.call(*target.request(route))
    assert (answer.status_code, answer.json()["code"]) == (403, "PERMISSION_DENIED"), answer.text
    assert await target.everything() == before


@each_route
async def test_another_chains_owner_gets_nowhere(target: Target, route: Route[Any, Any]) -> None:
    other = await Target.open(await open_shop(target.shop.server, target.shop.http))
    before = await target.everything(), await other.everything()
    answer = await other.shop.owner.call(*target.request(route))
    # A resource of another chain is not there at all; a node or the platform is out of reach.
    expected = 404 if route.method.access.scope is Scope.RESOURCE else 403
    assert answer.status_code == expected, answer.text
    assert (await target.everything(), await other.everything()) == before


@each_route
async def test_nobody_gets_nowhere(target: Target, route: Route[Any, Any]) -> None:
    answer = await Caller(target.shop.http, None).call(*target.request(route))
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_MISSING")


@each_route
async def test_the_chains_owner_gets_in(target: Target, route: Route[Any, Any]) -> None:
    """The positive control: the very same requests fail above for want of permission and nothing else."""
    platform = route.method.access.scope is Scope.PLATFORM
    operator = Caller(target.shop.http, target.shop.server.token("operator", "*"))
    answer = await (operator if platform else target.shop.owner).call(*target.request(route))
    assert answer.status_code in {200, 400, 409, 422}, answer.text


@each_route
async def test_the_same_over_grpc(target: Target, route: Route[Any, Any]) -> None:
    other = await open_shop(target.shop.server, target.shop.http)
    method = route.method
    field = method.access.field
    request = method.request(**{field: target.ids[field]} if field else {})
    sister = target.shop.server.token("owner", target.shop.sister, tenant=target.shop.chain)
    foreign = target.shop.server.token("owner", other.chain)
    before = await target.everything()
    async with grpc.aio.insecure_channel(target.shop.server.grpc_address) as channel:
        for token, codes in (
            (sister, {grpc.StatusCode.PERMISSION_DENIED}),
            (foreign, {grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.NOT_FOUND}),
            ("forged", {grpc.StatusCode.UNAUTHENTICATED}),
        ):
            metadata = [("authorization", f"Bearer {token}")]
            if method.idempotency is Idempotency.KEYED:
                metadata.append(("idempotency-key", fresh("key")))
            with pytest.raises(grpc.aio.AioRpcError) as refusal:
                await channel.unary_unary(method.path)(bytes(request), metadata=metadata, timeout=10)
            assert refusal.value.code() in codes, refusal.value
    assert await target.everything() == before
