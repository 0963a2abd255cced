"""The programs that the documentation shows do what it says."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.chains import Shop

SNIPPETS = Path(__file__).parents[2] / "examples" / "snippets"


@pytest.mark.parametrize("name", ["place_order_rest.py", "place_order_grpc.py"])
async def test_a_snippet_places_an_order(shop: Shop, name: str) -> None:
    where = shop.server.url if "rest" in name else shop.server.grpc_address
    token = shop.server.token("guest", shop.here, tenant=shop.chain)
    command = [sys.executable, str(SNIPPETS / name), where, token, shop.here, shop.variations[0]]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    printed, _ = await process.communicate()
    order = await shop.owner.get(f"/v1/orders/{printed.decode().strip()}")
    assert order["channel"] == "kiosk"
    assert order["total"] == {"amount": "2000", "currency": "EUR"}


async def test_a_snippet_walks_the_orders(shop: Shop) -> None:
    order = await shop.order()
    token = shop.server.token("cashier", shop.here, tenant=shop.chain)
    command = [sys.executable, str(SNIPPETS / "sdk_async.py"), shop.server.url, token, shop.here]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    printed, said = await process.communicate()
    assert printed.decode().split() == [order["orderId"]]
    assert "orders.get: 1 request(s)" in said.decode()
    assert "ORDER_NOT_FOUND" in said.decode()


def test_every_snippet_is_tested() -> None:
    assert {path.name for path in SNIPPETS.glob("*.py")} == {
        "place_order_rest.py",
        "place_order_grpc.py",
        "placing.py",  # by tests/processes
        "sdk_async.py",
    }
