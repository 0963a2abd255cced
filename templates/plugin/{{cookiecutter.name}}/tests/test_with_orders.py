{%- set c = cookiecutter -%}
"""What it does beside orders: the answer and the handler."""

from __future__ import annotations

from oms_core.testing.running import Running
from oms_protos.identity.v1 import Node
from oms_protos.orders.v1 import (
    Line,
    OrdersClient,
    PlaceOrderRequest,
    PriceOrderRequest,
    ServiceMode,
)

from {{ c.__protos }}.v1 import Create{{ c.__Resource }}Request, Get{{ c.__Resource }}Request, {{ c.__Resources }}Client


async def test_an_order_is_cheaper_and_counted_once(
    plugins: Running,
    location: Node,
    line: Line,
    orders: OrdersClient,
    {{ c.__plural }}: {{ c.__Resources }}Client,
) -> None:
    created = await {{ c.__plural }}.create_{{ c.resource }}(
        Create{{ c.__Resource }}Request(location_id=location.node_id, name="First")
    )
    basket = PriceOrderRequest(
        location_id=location.node_id, service_mode=ServiceMode.TAKEOUT, lines=[line]
    )
    quote = await orders.price_order(basket)
    assert [(one.plugin, one.amount.amount) for one in quote.adjustments if one.amount] == [
        ("{{ c.name }}", -91)  # 90.5, half a cent rounded up
    ]
    order = await orders.place_order(
        PlaceOrderRequest(
            location_id=basket.location_id,
            service_mode=basket.service_mode,
            lines=basket.lines,
            quote_token=quote.quote_token,
            channel="web",
        )
    )
    assert order.adjustments == quote.adjustments
    await plugins.settle()
    counted = await {{ c.__plural }}.get_{{ c.resource }}(Get{{ c.__Resource }}Request({{ c.resource }}_id=created.{{ c.resource }}_id))
    assert counted.orders_since == 1
