"""A chain with something in every state, so that every operation can be answered well at least once."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from tests.e2e.chains import Shop, fresh, open_shop
from tests.e2e.running_server import Server

EACH = 12
"""How many orders, tickets, items and groups there are for each operation that uses one up."""

Facts = dict[str, Any]


async def gather(server: Server) -> Facts:
    """Open a chain and return its ids, by what they are good for."""
    async with httpx.AsyncClient(base_url=server.url, timeout=30.0) as http:
        shop = await open_shop(server, http)
        fired = [await shop.order() for _ in range(EACH)]
        return {
            "chain": shop.chain,
            "brand": shop.brand,
            "locations": [shop.here, shop.sister],
            "nodes": [shop.chain, shop.brand, shop.here],
            "variations": list(shop.variations),
            "modifiers": [shop.modifier],
            "items": [shop.item],
            "groups": [shop.group],
            "patched_items": [await _item(shop) for _ in range(EACH)],
            "patched_groups": [await _group(shop) for _ in range(EACH)],
            "placements": [await shop.placement() for _ in range(EACH)],
            "baskets": [shop.basket()],
            "orders": [order["orderId"] for order in fired],
            "cancelled": [(await shop.order())["orderId"] for _ in range(EACH)],
            "ready": [await _ready(shop) for _ in range(EACH)],
            "start": await _tickets(shop, ""),
            "done": await _tickets(shop, "start"),
            "recall": await _tickets(shop, "start", "done"),
            "owner": server.token("owner", shop.chain),
            "operator": server.token("operator", "*"),
        }


async def _item(shop: Shop) -> str:
    price = {"amount": "500", "currency": "EUR"}
    body = {"brandId": shop.brand, "name": fresh("Item"), "variations": [{"name": "One", "price": price}]}
    return str((await shop.owner.post("/v1/items", body))["itemId"])


async def _group(shop: Shop) -> str:
    price = {"amount": "50", "currency": "EUR"}
    body = {"brandId": shop.brand, "name": fresh("Group"), "modifiers": [{"name": "One", "price": price}]}
    return str((await shop.owner.post("/v1/modifierGroups", body))["groupId"])


async def _tickets(shop: Shop, *steps: str) -> list[str]:
    """Return tickets of fresh orders, led through ``steps``."""
    found: list[str] = []
    for _ in range(EACH // 2):
        for ticket in await _tickets_of(shop, (await shop.order())["orderId"]):
            for step in filter(None, steps):
                await shop.owner.post(f"/v1/tickets/{ticket}:{step}", {})
            found.append(ticket)
    return found


async def _ready(shop: Shop) -> str:
    order = str((await shop.order())["orderId"])
    for ticket in await _tickets_of(shop, order):
        await shop.owner.post(f"/v1/tickets/{ticket}:start", {})
        await shop.owner.post(f"/v1/tickets/{ticket}:done", {})
    async with asyncio.timeout(20):
        while (await shop.owner.get(f"/v1/orders/{order}"))["state"] != "ORDER_STATE_READY":
            await asyncio.sleep(0.02)
    return order


async def _tickets_of(shop: Shop, order: str) -> list[str]:
    async with asyncio.timeout(20):
        while True:
            listed = await shop.owner.get(f"/v1/tickets?locationId={shop.here}&orderId={order}")
            if len(tickets := listed.get("tickets", [])) == len(shop.variations):
                return [ticket["ticketId"] for ticket in tickets]
            await asyncio.sleep(0.02)
