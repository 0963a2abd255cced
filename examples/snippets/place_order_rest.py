"""Price and place an order over REST with the SDK: a bad network cannot make it two.

python place_order_rest.py URL TOKEN LOCATION_ID VARIATION_ID
"""

from __future__ import annotations

import sys

from oms_sdk import OMS, APIConnectionError, APIError, Line, Order, ServiceMode


def place(url: str, token: str, location_id: str, variation_id: str) -> Order:
    """Return the order that was placed."""
    mode, lines = ServiceMode.TAKEOUT, [Line(variation_id=variation_id, quantity=2)]
    with OMS(base_url=url, token=token) as oms:
        quote = oms.orders.price(location_id=location_id, service_mode=mode, lines=lines)
        # Repeated under one idempotency key until there is an answer, for 30 seconds at most.
        return oms.orders.place(
            location_id=location_id,
            service_mode=mode,
            lines=lines,
            quote_token=quote.quote_token,
            channel="kiosk",
        )


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{place(*sys.argv[1:]).order_id}\n")
    except APIError as refusal:
        sys.exit(f"the server refused: {refusal}")
    except APIConnectionError as error:
        sys.exit(f"no answer, ask again later under the key {error.idempotency_key}: {error}")
