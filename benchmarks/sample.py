"""What both route servers serve: one node, one order of ten lines, and the request that places it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

CHAIN, BRAND, LOCATION = "chn_bench", "brd_bench", "loc_bench"
PATH = (LOCATION, BRAND, CHAIN)
"""The location and what it lies in, up to the chain."""
ORDER = "ord_01k6v2m8q4e7f9a3b5c7d9e1f3"
LINES = 10

_AT = datetime(2026, 1, 1, 12, 30, 15, 250_125, tzinfo=UTC)
_NAMES = ("Margherita", "Pepperoni", "Four Cheese", "White Clam", "Garlic Knots")


def node_json() -> bytes:
    """Return the location as proto3 JSON: the small answer."""
    return msgspec.json.encode(
        {
            "nodeId": LOCATION,
            "parentId": BRAND,
            "kind": "NODE_KIND_LOCATION",
            "name": "Harbor Pizza Ballard, Seattle",
            "timeZone": "America/Los_Angeles",
            "currency": "USD",
            "businessDayCutoff": "04:00",
        }
    )


def order_json() -> bytes:
    """Return the order as proto3 JSON: ten lines, twenty-one amounts, two steps of its timeline."""
    return msgspec.json.encode(
        {
            "orderId": ORDER,
            "locationId": LOCATION,
            "brandId": BRAND,
            "number": 137,
            "businessDate": "2026-01-01",
            "state": "ORDER_STATE_ACCEPTED",
            "serviceMode": "SERVICE_MODE_TAKEOUT",
            "lines": [_line(n) for n in range(LINES)],
            "total": _money(sum(_price(n) * _quantity(n) for n in range(LINES))),
            "menuVersion": "412",
            "channel": "web",
            "externalId": "web-000000000137",
            "placedAt": _instant(0),
            "updatedAt": _instant(1),
            "version": "2",
            "timeline": [_step(1, "place", "PLACED"), _step(2, "accept", "ACCEPTED")],
        }
    )


def place_json() -> bytes:
    """Return the request that places the order."""
    lines = [{"variationId": f"var_{n:026d}", "quantity": _quantity(n)} | _note(n) for n in range(LINES)]
    return msgspec.json.encode(
        {
            "locationId": LOCATION,
            "serviceMode": "SERVICE_MODE_TAKEOUT",
            "lines": lines,
            "quoteToken": "W" * 200,
            "channel": "web",
            "externalId": "web-000000000137",
        }
    )


def _price(n: int) -> int:
    return 1250 + 75 * n


def _quantity(n: int) -> int:
    return 1 + n % 3


def _note(n: int) -> dict[str, object]:
    return {} if n % 4 else {"note": "no onions"}


def _line(n: int) -> dict[str, object]:
    return {
        "lineId": f"lin_{n:026d}",
        "itemId": f"itm_{n:026d}",
        "variationId": f"var_{n:026d}",
        "name": _NAMES[n % len(_NAMES)],
        "variationName": "Large",
        "quantity": _quantity(n),
        "unitPrice": _money(_price(n)),
        "total": _money(_price(n) * _quantity(n)),
    } | _note(n)


def _money(amount: int) -> dict[str, str]:
    return {"amount": str(amount), "currency": "USD"}


def _instant(seconds: int) -> str:
    return (_AT + timedelta(seconds=seconds)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _step(version: int, step: str, to_state: str) -> dict[str, str]:
    entry = {"version": str(version), "step": step, "toState": f"ORDER_STATE_{to_state}"}
    if version > 1:
        entry["fromState"] = "ORDER_STATE_PLACED"
    return entry | {"by": "user:bench", "at": _instant(version - 1)}
