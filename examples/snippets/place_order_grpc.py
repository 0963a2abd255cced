"""Price and place an order over gRPC with the generated client.

python place_order_grpc.py HOST:PORT TOKEN LOCATION_ID VARIATION_ID
"""

from __future__ import annotations

import asyncio
import sys
import uuid

import grpc

from oms_protos.orders.v1 import (
    Line,
    Order,
    OrdersClient,
    PlaceOrderRequest,
    PriceOrderRequest,
    ServiceMode,
)
from oms_wire.grpcio import GrpcChannel


async def place(address: str, token: str, location_id: str, variation_id: str) -> Order:
    """Return the order that was placed; raises oms_wire.errors.RpcError with a code and field paths."""
    lines = [Line(variation_id=variation_id, quantity=2)]
    async with grpc.aio.insecure_channel(address) as channel:
        orders = OrdersClient(GrpcChannel(channel, metadata=lambda: [("authorization", f"Bearer {token}")]))
        basket = PriceOrderRequest(location_id=location_id, service_mode=ServiceMode.TAKEOUT, lines=lines)
        quote = await orders.price_order(basket)
        return await orders.place_order(
            PlaceOrderRequest(
                location_id=location_id,
                service_mode=ServiceMode.TAKEOUT,
                lines=lines,
                quote_token=quote.quote_token,
                channel="kiosk",
            ),
            idempotency_key=str(uuid.uuid4()),
        )


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(place(*sys.argv[1:])).order_id}\n")
