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


def test_every_snippet_is_tested() -> None:
    assert {path.name for path in SNIPPETS.glob("*.py")} == {"place_order_rest.py", "place_order_grpc.py"}
