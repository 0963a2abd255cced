"""Orders that must not be: stale, forged, repeated, late. A stable code, and nothing half-written."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from oms_core.auth import Seals
from oms_core.clock import FixedClock
from tests.e2e.chains import Change, Shop, fresh, line, serve, whole
from tests.e2e.problems import refused


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        pytest.param(whole(channel=""), "INVALID_FIELD", "channel", id="no channel"),
        pytest.param(whole(channel="Web Shop"), "INVALID_FIELD", "channel", id="channel no name"),
        pytest.param(whole(externalId="x" * 101), "INVALID_FIELD", "external_id", id="external id too long"),
        pytest.param(whole(quoteToken=""), "INVALID_FIELD", "quote_token", id="no quote"),
        pytest.param(whole(quoteToken="forged"), "QUOTE_INVALID", "quote_token", id="quote forged"),
        pytest.param(
            lambda body: body.update(quoteToken="A" + body["quoteToken"][1:]),
            "QUOTE_INVALID",
            "quote_token",
            id="quote changed",
        ),
        pytest.param(line(quantity=2), "QUOTE_MISMATCH", "quote_token", id="quote of other lines"),
        pytest.param(whole(serviceMode=1), "QUOTE_MISMATCH", "quote_token", id="quote of another mode"),
    ],
)
async def test_a_placement_that_does_not_hold(shop: Shop, change: Change, code: str, field: str) -> None:
    body = await shop.placement()
    change(body)
    before = await shop.rows()
    answer = await shop.owner.call("POST", "/v1/orders", body)
    refused(answer, answer.status_code, code, field)
    assert answer.status_code in {400, 422}
    assert await shop.rows() == before


async def test_a_quote_that_is_too_old(shop: Shop) -> None:
    body = await shop.placement()
    folder = shop.server.data / "keys"
    promise = Seals.in_folder(folder).open("orders.quote", body["quoteToken"], max_age=timedelta(hours=1))
    past = FixedClock(datetime.now(UTC) - timedelta(hours=2))
    body["quoteToken"] = Seals.in_folder(folder, clock=past).seal("orders.quote", promise)
    before = await shop.rows()
    refused(await shop.owner.call("POST", "/v1/orders", body), 422, "QUOTE_EXPIRED", "quote_token")
    assert await shop.rows() == before


async def test_a_price_that_changed_since_the_quote(shop: Shop) -> None:
    body = await shop.placement()
    path = f"/v1/locations/{shop.here}/variations/{shop.variations[0]}/price"
    await shop.owner.put(path, {"price": {"amount": "1250", "currency": "EUR"}})
    before = await shop.rows()
    problem = refused(await shop.owner.call("POST", "/v1/orders", body), 422, "PRICE_CHANGED")
    assert (problem["quoted_amount"], problem["current_amount"], problem["currency"]) == (
        "2000",
        "2250",
        "EUR",
    )
    assert await shop.rows() == before


async def test_something_that_was_sold_out_since_the_quote(shop: Shop) -> None:
    body = await shop.placement()
    path = f"/v1/locations/{shop.here}/variations/{shop.variations[1]}/availability"
    await shop.owner.put(path, {"available": False})
    before = await shop.rows()
    answer = await shop.owner.call("POST", "/v1/orders", body)
    refused(answer, 422, "ITEM_UNAVAILABLE", "lines[1].variation_id")
    assert await shop.rows() == before


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "IDEMPOTENCY_KEY_REQUIRED"),
        ("", "IDEMPOTENCY_KEY_REQUIRED"),
        ("k" * 256, "IDEMPOTENCY_KEY_INVALID"),
    ],
)
async def test_a_write_without_a_proper_key(shop: Shop, key: str | None, code: str) -> None:
    body = await shop.placement()
    before = await shop.rows()
    refused(await shop.owner.call("POST", "/v1/orders", body, key=key), 400, code)
    assert await shop.rows() == before


async def test_one_key_with_another_body(shop: Shop) -> None:
    first, second, key = await shop.placement(), await shop.placement(), fresh("key")
    placed = await shop.owner.call("POST", "/v1/orders", first, key=key)
    before = await shop.rows()
    refused(await shop.owner.call("POST", "/v1/orders", second, key=key), 409, "IDEMPOTENCY_KEY_REUSED")
    again = await shop.owner.call("POST", "/v1/orders", first, key=key)
    assert again.json() == placed.json()
    assert await shop.rows() == before


async def test_one_external_id_under_two_keys(shop: Shop) -> None:
    body = await shop.placement()
    placed = await shop.owner.post("/v1/orders", body)
    before = await shop.rows()
    problem = refused(await shop.owner.call("POST", "/v1/orders", body), 409, "EXTERNAL_ID_TAKEN")
    assert problem["order_id"] == placed["orderId"]
    assert await shop.rows() == before


async def test_a_hundred_retries_at_once_make_one_order_and_starve_nobody(shop: Shop) -> None:
    body, other, key = await shop.placement(), await shop.placement(), fresh("key")
    before, owner = await shop.rows(), shop.owner
    async with asyncio.TaskGroup() as storm:
        retries = [storm.create_task(owner.call("POST", "/v1/orders", body, key=key)) for _ in range(100)]
        async with asyncio.timeout(10):
            placed = await shop.owner.call("POST", "/v1/orders", other)
            listed = await shop.owner.call("GET", f"/v1/orders?locationId={shop.here}")
    assert (placed.status_code, listed.status_code) == (200, 200)
    answers = [retry.result() for retry in retries]
    won = {answer.json()["orderId"] for answer in answers if answer.status_code == 200}
    assert len(won) == 1
    for answer in answers:
        if answer.status_code != 200:
            refused(answer, 409, "IDEMPOTENCY_IN_PROGRESS")
            assert int(answer.headers["retry-after"]) >= 1
    final = await shop.owner.call("POST", "/v1/orders", body, key=key)
    assert {final.json()["orderId"]} == won
    assert (await shop.rows())["orders.orders"] == before["orders.orders"] + 2


async def test_cancel_after_completion(shop: Shop) -> None:
    order = await shop.order()
    await serve(shop, order["orderId"])
    before = await shop.rows()
    answer = await shop.owner.call(
        "POST", f"/v1/orders/{order['orderId']}:cancel", {"reason": "GUEST_REQUEST"}
    )
    problem = refused(answer, 422, "ORDER_STATE")
    assert problem["state"] == "COMPLETED"
    assert await shop.rows() == before


async def test_two_writers_on_one_version(shop: Shop) -> None:
    order = await shop.order()
    version, path = order["version"], f"/v1/orders/{order['orderId']}:cancel"
    answers = await asyncio.gather(
        *(
            shop.owner.call("POST", path, {"version": version, "reason": reason})
            for reason in ("ONE", "OTHER")
        )
    )
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert won.status_code == 200
    refused(lost, 409, "VERSION_MISMATCH")
    stored = await shop.owner.get(f"/v1/orders/{order['orderId']}")
    assert stored == won.json()


async def test_a_hand_over_before_the_order_is_ready(shop: Shop) -> None:
    order = await shop.order()
    before = await shop.rows()
    refused(await shop.owner.call("POST", f"/v1/orders/{order['orderId']}:handOff", {}), 422, "ORDER_STATE")
    assert await shop.rows() == before


@pytest.mark.parametrize(
    "page", ["pageSize=-1", "pageSize=201", "pageSize=x", "pageToken=forged", "state=LOST", "x=1"]
)
async def test_a_list_that_cannot_be_read(shop: Shop, page: str) -> None:
    answer = await shop.owner.call("GET", f"/v1/orders?locationId={shop.here}&{page}")
    assert answer.status_code == 400
    refused(answer, 400, answer.json()["code"])
