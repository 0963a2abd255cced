"""``buf curl`` places an order with nothing but the server's address: no proto at hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.e2e.chains import Shop, fresh

BUF = Path(sys.executable).with_name("buf")


def buf_curl(*arguments: str) -> str:
    """Return what ``buf curl`` prints; raises CalledProcessError with its complaint."""
    command = [BUF, "curl", "--protocol", "grpc", "--http2-prior-knowledge", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def call(shop: Shop, method: str, body: dict[str, Any], *headers: str) -> dict[str, Any]:
    """Return the answer of one orders method."""
    badge = f"authorization: Bearer {shop.server.token('owner', shop.chain)}"
    given = [part for header in (badge, *headers) for part in ("-H", header)]
    url = f"http://{shop.server.grpc_address}/oms.orders.v1.OrdersService/{method}"
    answer: dict[str, Any] = json.loads(buf_curl(*given, "-d", json.dumps(body), url))
    return answer


def test_it_lists_every_method_of_every_service(shop: Shop) -> None:
    listed = buf_curl("--list-methods", f"http://{shop.server.grpc_address}").split()
    assert "oms.orders.v1.OrdersService/PlaceOrder" in listed
    assert "grpc.reflection.v1.ServerReflection/ServerReflectionInfo" in listed
    assert "grpc.health.v1.Health/Check" in listed


def test_it_prices_and_places_an_order(shop: Shop) -> None:
    basket = {
        "locationId": shop.here,
        "serviceMode": "SERVICE_MODE_TAKEOUT",
        "lines": [{"variationId": shop.variations[0], "quantity": 2}],
    }
    quote = call(shop, "PriceOrder", basket)
    order = {**basket, "quoteToken": quote["quoteToken"], "channel": "kiosk", "externalId": fresh("external")}
    placed = call(shop, "PlaceOrder", order, f"idempotency-key: {fresh('key')}")
    assert placed["total"] == quote["total"]
    assert placed["state"] == "ORDER_STATE_ACCEPTED"
