"""Modifiers and a recall as a guest and a cook see them: over HTTP, in JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.e2e.chains import Json, Shop


async def burger(shop: Shop) -> tuple[str, str, str]:
    """Add a burger with fries, which have a station of their own; return the ids of variation and options."""
    price = {"currency": "EUR"}
    group = await shop.owner.post(
        "/v1/modifierGroups",
        {
            "brandId": shop.brand,
            "name": "With",
            "modifiers": [
                {"name": "Fries", "price": {"amount": "300", **price}, "station": "fryer"},
                {"name": "Onions", "price": price},
            ],
        },
    )
    item = await shop.owner.post(
        "/v1/items",
        {
            "brandId": shop.brand,
            "name": "Burger",
            "station": "grill",
            "variations": [{"name": "Single", "price": {"amount": "1000", **price}}],
            "modifierGroups": [{"groupId": group["groupId"]}],
        },
    )
    fries, onions = (one["modifierId"] for one in group["modifiers"])
    return item["variations"][0]["variationId"], fries, onions


async def until(shop: Shop, path: str, is_so: Callable[[Json], bool]) -> Json:
    async with asyncio.timeout(20):
        while not is_so(found := await shop.owner.get(path)):
            await asyncio.sleep(0.02)
    return found


@pytest.mark.parametrize("is_handed_over", [False, True])
async def test_an_order_with_modifiers_is_made_recalled_and_made_again(
    shop: Shop, *, is_handed_over: bool
) -> None:
    variation, fries, onions = await burger(shop)
    basket = shop.basket((variation, 2))
    basket["lines"][0]["modifiers"] = [{"modifierId": fries}, {"modifierId": onions, "quantity": 0}]
    quote = await shop.owner.post("/v1/orders:price", basket)
    order = await shop.owner.post(
        "/v1/orders", {**basket, "quoteToken": quote["quoteToken"], "channel": "web"}
    )
    assert order["total"] == order["subtotal"] == {"amount": "2600", "currency": "EUR"}
    [line] = order["lines"]
    assert [(one["name"], one.get("quantity", 0)) for one in line["modifiers"]] == [
        ("Fries", 1),
        ("Onions", 0),
    ]

    path = f"/v1/orders/{order['orderId']}"
    listed = f"/v1/tickets?locationId={shop.here}&orderId={order['orderId']}"
    tickets = (await until(shop, listed, lambda found: bool(found.get("tickets"))))["tickets"]
    by_station = {ticket["station"]: ticket for ticket in tickets}
    assert by_station["fryer"]["items"][0]["modifiers"] == [{"name": "Fries", "quantity": 1}]
    assert by_station["grill"]["items"][0]["modifiers"] == [{"name": "Onions"}]

    async def make() -> None:
        for ticket in tickets:
            for step in ("start", "done"):
                await shop.owner.post(f"/v1/tickets/{ticket['ticketId']}:{step}", {})
        await until(shop, path, lambda found: found["state"] == "ORDER_STATE_READY")

    await make()
    recall = f"/v1/tickets/{by_station['grill']['ticketId']}:recall"
    if is_handed_over:
        await shop.owner.post(f"{path}:handOff", {})
        async with asyncio.timeout(20):
            while (refusal := await shop.owner.call("POST", recall, {})).status_code == 200:
                await asyncio.sleep(0.02)
        assert refusal.json()["code"] in {"ORDER_CLOSED", "TICKET_STATE"}
        return
    await shop.owner.post(recall, {"reason": "COLD"})
    back = await until(shop, path, lambda found: found["state"] == "ORDER_STATE_PREPARING")
    assert (back["timeline"][-1]["step"], back["timeline"][-1]["reason"]) == (
        "kitchen.order_recalled",
        "COLD",
    )
    await make()


async def test_a_wrong_choice_is_named_by_its_path(shop: Shop) -> None:
    variation, fries, _ = await burger(shop)
    basket = shop.basket((variation, 1))
    basket["lines"][0]["modifiers"] = [{"modifierId": fries, "modifiers": [{"modifierId": fries}]}]
    answer = await shop.owner.call("POST", "/v1/orders:price", basket)
    assert "lines[0].modifiers[0].modifiers[0].modifier_id" in answer.text, answer.text


async def test_a_cashier_may_not_place_an_order_in_the_past(shop: Shop) -> None:
    placement = {**await shop.placement(), "placedAt": "2015-01-01T12:00:00Z"}
    refusal = await shop.caller("cashier").call("POST", "/v1/orders", placement)
    assert (refusal.status_code, refusal.json()["code"]) == (403, "PERMISSION_DENIED")
    order = await shop.owner.post("/v1/orders", placement)
    assert (order["placedAt"], order["businessDate"], order["number"]) == (
        "2015-01-01T12:00:00Z",
        "2015-01-01",
        1,
    )
