"""Price and place an order over REST, so that a bad network cannot make it two.

python place_order_rest.py URL TOKEN LOCATION_ID VARIATION_ID
"""

from __future__ import annotations

import sys
import uuid

import httpx


def place(url: str, token: str, location_id: str, variation_id: str) -> dict[str, object]:
    """Return the order that was placed."""
    basket = {
        "locationId": location_id,
        "serviceMode": "SERVICE_MODE_TAKEOUT",
        "lines": [{"variationId": variation_id, "quantity": 2}],
    }
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}) as http:
        quote = http.post("/v1/orders:price", json=basket).raise_for_status().json()
        order = {**basket, "quoteToken": quote["quoteToken"], "channel": "kiosk"}
        # One key for one order, however often it is sent.
        key = {"Idempotency-Key": str(uuid.uuid4())}
        for _ in range(3):
            try:
                answer = http.post("/v1/orders", json=order, headers=key)
            except httpx.TransportError:
                continue
            placed: dict[str, object] = answer.raise_for_status().json()
            return placed
    raise SystemExit("no answer after three tries: ask again later, with the same key")


if __name__ == "__main__":
    sys.stdout.write(f"{place(*sys.argv[1:])['orderId']}\n")
