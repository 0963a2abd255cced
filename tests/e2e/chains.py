"""Small chains, opened through the API, and the baskets that can be ordered there."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from tests.e2e.running_server import Server

KEPT = ("orders.orders", "orders.order_lines", "orders.timeline", "orders.day_numbers", "oms.event_log")
Json = dict[str, Any]
Change = Callable[[Json], object]
_numbers = itertools.count(1)


def fresh(what: str) -> str:
    """Return a name, key or external id that was not used before."""
    return f"{what}-{next(_numbers)}"


class Caller:
    """Somebody with a token; each write has a fresh idempotency key unless told otherwise."""

    def __init__(self, http: httpx.AsyncClient, token: str | None) -> None:
        self._http = http
        self.headers = {"authorization": f"Bearer {token}"} if token is not None else {}

    async def call(
        self, method: str, path: str, body: Json | bytes | None = None, *, key: str | None = "fresh"
    ) -> httpx.Response:
        sent = dict(self.headers)
        if method != "GET" and key is not None:
            sent["idempotency-key"] = fresh("key") if key == "fresh" else key
        if isinstance(body, bytes):
            return await self._http.request(method, path, content=body, headers=sent)
        return await self._http.request(method, path, json=body, headers=sent)

    async def get(self, path: str) -> Json:
        return _good(await self.call("GET", path))

    async def post(self, path: str, body: Json) -> Json:
        return _good(await self.call("POST", path, body))

    async def put(self, path: str, body: Json) -> Json:
        return _good(await self.call("PUT", path, body))


def _good(answer: httpx.Response) -> Json:
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


@dataclass(frozen=True)
class Shop:
    """A chain with a brand of two locations; ``here`` is where orders are placed."""

    server: Server
    http: httpx.AsyncClient
    chain: str
    brand: str
    here: str
    sister: str
    item: str
    variations: tuple[str, ...]
    group: str
    """A modifier group that no item asks; ``modifier`` is its option."""
    modifier: str

    def caller(self, role: str, node: str = "") -> Caller:
        """Return somebody who holds ``role`` at ``node`` (the chain's root)."""
        return Caller(self.http, self.server.token(role, node or self.chain, tenant=self.chain))

    @property
    def owner(self) -> Caller:
        return self.caller("owner")

    def basket(self, *lines: tuple[str, int]) -> Json:
        """Return what is priced: ``lines`` of variation and quantity, or one of each variation."""
        chosen = lines or tuple((variation, 1) for variation in self.variations)
        return {
            "locationId": self.here,
            "serviceMode": "SERVICE_MODE_TAKEOUT",
            "lines": [{"variationId": variation, "quantity": quantity} for variation, quantity in chosen],
        }

    async def placement(self, *lines: tuple[str, int]) -> Json:
        """Return what is placed: a basket with its quote."""
        basket = self.basket(*lines)
        quote = await self.owner.post("/v1/orders:price", basket)
        return {
            **basket,
            "quoteToken": quote["quoteToken"],
            "channel": "web",
            "externalId": fresh("external"),
        }

    async def order(self, *lines: tuple[str, int]) -> Json:
        """Place an order and return it."""
        return await self.owner.post("/v1/orders", await self.placement(*lines))

    async def rows(self) -> dict[str, int]:
        """Count what this chain has stored, events included."""
        counts = ", ".join(f'(select count(*) from {table} where tenant = $1) as "{table}"' for table in KEPT)
        (row,) = await self.server.sql(f"select {counts}", self.chain)
        return dict(row)


async def open_shop(server: Server, http: httpx.AsyncClient) -> Shop:
    """Open a chain of its own."""
    operator = Caller(http, server.token("operator", "*"))
    chain = (await operator.post("/v1/chains", {"name": fresh("Chain")}))["nodeId"]
    owner = Caller(http, server.token("owner", chain))
    brand = (await owner.post("/v1/brands", {"chainId": chain, "name": "Brand"}))["nodeId"]
    places = [
        (
            await owner.post(
                "/v1/locations",
                {"brandId": brand, "name": name, "timeZone": "Europe/Vienna", "currency": "EUR"},
            )
        )["nodeId"]
        for name in ("Here", "Sister")
    ]
    items = [
        await owner.post(
            "/v1/items",
            {
                "brandId": brand,
                "name": name,
                "station": station,
                "variations": [{"name": "One", "price": {"amount": "1000", "currency": "EUR"}}],
            },
        )
        for name, station in (("Schnitzel", "grill"), ("Salad", "salad"))
    ]
    price = {"amount": "100", "currency": "EUR"}
    group = await owner.post(
        "/v1/modifierGroups",
        {"brandId": brand, "name": "Sauces", "modifiers": [{"name": "Tartar", "price": price}]},
    )
    modifier = group["modifiers"][0]["modifierId"]
    variations = tuple(item["variations"][0]["variationId"] for item in items)
    here, sister = places
    return Shop(
        server,
        http,
        chain,
        brand,
        here,
        sister,
        item=items[0]["itemId"],
        variations=variations,
        group=group["groupId"],
        modifier=modifier,
    )


def whole(**changes: object) -> Change:
    """Return what gives a request other fields."""
    return lambda body: body.update(changes)


def line(**changes: object) -> Change:
    """Return what gives a request's second line other fields."""
    return lambda body: body["lines"][1].update(changes)


async def serve(shop: Shop, order_id: str) -> None:
    """Cook and hand over; each step waits until the one before it is known."""
    async with asyncio.timeout(20):
        while len(tickets := await _tickets(shop, order_id)) < 2:
            await asyncio.sleep(0.02)
        for ticket in tickets:
            await shop.owner.post(f"/v1/tickets/{ticket['ticketId']}:start", {})
            await shop.owner.post(f"/v1/tickets/{ticket['ticketId']}:done", {})
        while (await shop.owner.get(f"/v1/orders/{order_id}"))["state"] != "ORDER_STATE_READY":
            await asyncio.sleep(0.02)
    done = await shop.owner.post(f"/v1/orders/{order_id}:handOff", {})
    assert done["state"] == "ORDER_STATE_COMPLETED"


async def _tickets(shop: Shop, order_id: str) -> list[Json]:
    listed = await shop.owner.get(f"/v1/tickets?locationId={shop.here}&orderId={order_id}")
    tickets: list[Json] = listed.get("tickets", [])
    return tickets
