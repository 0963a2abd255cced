"""Tokens that do not hold, on the way to a real order: refused before anything happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.chains import Caller, Shop, open_shop
from tests.e2e.problems import refused
from tests.forgeries import claims, forgeries, signed

FORGED = [
    "alg none",
    "hmac with public key raw",
    "hmac with public key pem",
    "no signature",
    "other payload",
    "foreign key, our kid",
    "expired",
]


@pytest.mark.parametrize("name", FORGED)
async def test_a_forged_token(shop: Shop, tmp_path: Path, name: str) -> None:
    body, before = await shop.placement(), await shop.rows()
    caller = Caller(shop.http, forgeries(shop.server.keys, tmp_path)[name])
    code = "TOKEN_EXPIRED" if name == "expired" else "TOKEN_INVALID"
    refused(await caller.call("POST", "/v1/orders", body), 401, code)
    assert await shop.rows() == before


async def test_no_token(shop: Shop) -> None:
    refused(
        await Caller(shop.http, None).call("POST", "/v1/orders", await shop.placement()), 401, "TOKEN_MISSING"
    )


async def test_another_chains_token(shop: Shop) -> None:
    other = await open_shop(shop.server, shop.http)
    body, before = await shop.placement(), (await shop.rows(), await other.rows())
    refused(await other.owner.call("POST", "/v1/orders", body), 403, "PERMISSION_DENIED")
    assert (await shop.rows(), await other.rows()) == before


async def test_a_token_of_another_chain_that_claims_a_grant_here(shop: Shop) -> None:
    other = await open_shop(shop.server, shop.http)
    token = signed(shop.server.keys, claims(tenant=other.chain, grants=[["owner", shop.here]]))
    answer = await Caller(shop.http, token).call("POST", "/v1/orders", await shop.placement())
    refused(answer, 403, "PERMISSION_DENIED")


async def test_a_sister_locations_token(shop: Shop) -> None:
    body, before = await shop.placement(), await shop.rows()
    answer = await shop.caller("owner", shop.sister).call("POST", "/v1/orders", body)
    refused(answer, 403, "PERMISSION_DENIED")
    assert await shop.rows() == before


async def test_a_role_that_may_not(shop: Shop) -> None:
    body = await shop.placement()
    refused(await shop.caller("cook").call("POST", "/v1/orders", body), 403, "PERMISSION_DENIED")
    placed = await shop.caller("guest", shop.here).call("POST", "/v1/orders", body)
    assert placed.status_code == 200, placed.text
    cancel = f"/v1/orders/{placed.json()['orderId']}:cancel"
    refused(await shop.caller("guest", shop.here).call("POST", cancel, {}), 403, "PERMISSION_DENIED")
