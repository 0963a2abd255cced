"""Baskets that cannot be sold and bodies that are no order: a stable code, the field at fault, no effect."""

from __future__ import annotations

import pytest

from tests.e2e.chains import Change, Shop, line, whole
from tests.e2e.problems import refused

UNKNOWN = {"UNKNOWN_VARIATION", "UNKNOWN_MODIFIER"}

BASKETS = [
    pytest.param(line(quantity=0), "INVALID_FIELD", "lines[1].quantity", id="quantity 0"),
    pytest.param(line(quantity=-1), "INVALID_FIELD", "lines[1].quantity", id="quantity negative"),
    pytest.param(line(quantity=10**6), "INVALID_FIELD", "lines[1].quantity", id="quantity a million"),
    pytest.param(line(quantity=2**31), "INVALID_FIELD", "lines[1].quantity", id="quantity beyond 32 bits"),
    pytest.param(line(quantity=1.5), "INVALID_FIELD", "lines[1].quantity", id="half a piece"),
    pytest.param(line(quantity="two"), "INVALID_FIELD", "lines[1].quantity", id="quantity a word"),
    pytest.param(line(variationId=7), "INVALID_FIELD", "lines[1].variation_id", id="variation a number"),
    pytest.param(line(variationId=""), "INVALID_FIELD", "lines[1].variation_id", id="variation empty"),
    pytest.param(
        line(variationId="var_x"), "UNKNOWN_VARIATION", "lines[1].variation_id", id="variation unknown"
    ),
    pytest.param(line(note="x" * 201), "INVALID_FIELD", "lines[1].note", id="note too long"),
    pytest.param(line(note="a\0b"), "INVALID_FIELD", "lines[1].note", id="note with a control character"),
    pytest.param(line(price=1), "UNKNOWN_FIELD", "lines[1].price", id="unknown field of a line"),
    pytest.param(
        line(modifiers=[{"modifierId": 7}]),
        "INVALID_FIELD",
        "lines[1].modifiers[0].modifier_id",
        id="modifier a number",
    ),
    pytest.param(
        line(modifiers=[{"modifierId": "mod_x"}]),
        "UNKNOWN_MODIFIER",
        "lines[1].modifiers[0].modifier_id",
        id="modifier unknown",
    ),
    pytest.param(whole(lines=[]), "INVALID_FIELD", "lines", id="no lines"),
    pytest.param(whole(lines={}), "INVALID_FIELD", "lines", id="lines no list"),
    pytest.param(whole(serviceMode=0), "INVALID_FIELD", "service_mode", id="no service mode"),
    pytest.param(whole(serviceMode="BY_DRONE"), "INVALID_FIELD", "service_mode", id="service mode unknown"),
    pytest.param(whole(total={"amount": "1"}), "UNKNOWN_FIELD", "total", id="unknown field"),
]


@pytest.mark.parametrize("path", ["/v1/orders:price", "/v1/orders"])
@pytest.mark.parametrize(("change", "code", "field"), BASKETS)
async def test_a_basket_that_cannot_be_sold(
    shop: Shop, path: str, change: Change, code: str, field: str
) -> None:
    body = await shop.placement() if path == "/v1/orders" else shop.basket()
    change(body)
    before = await shop.rows()
    answer = await shop.owner.call("POST", path, body)
    if path == "/v1/orders" and code in UNKNOWN:
        refused(answer, 422, "QUOTE_MISMATCH", "quote_token")  # what was quoted was something else
    else:
        refused(answer, answer.status_code, code, field)
        assert answer.status_code in {400, 404, 422}
    assert await shop.rows() == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "INVALID_FIELD"),  # an empty message: it lacks the location that says where it is allowed
        (b"{", "INVALID_JSON"),
        (b'{"lines": [', "INVALID_JSON"),
        (b'{"locationId": "loc', "INVALID_JSON"),
        (b"\xff", "INVALID_JSON"),
        (b"{}{}", "INVALID_JSON"),
        (b"[" * 9000, "INVALID_JSON"),
        (b'{"lines":[' + b'{"modifier_id":"","modifiers":[' * 450 + b"]}" * 450 + b"]}", "INVALID_JSON"),
        (b"[]", "INVALID_FIELD"),
        (b"null", "INVALID_FIELD"),
    ],
)
async def test_a_body_that_is_no_order(shop: Shop, body: bytes, code: str) -> None:
    before = await shop.rows()
    refused(await shop.owner.call("POST", "/v1/orders", body), 400, code)
    assert await shop.rows() == before


async def test_a_body_over_the_limit(shop: Shop) -> None:
    body = await shop.placement()
    body["lines"][0]["note"] = "x" * 300_000
    before = await shop.rows()
    refused(await shop.owner.call("POST", "/v1/orders", body), 413, "BODY_TOO_LARGE")
    assert await shop.rows() == before
