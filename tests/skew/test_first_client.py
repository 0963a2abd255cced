"""One version apart: a client, a publisher and a server of the first contracts beside today's plugins."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from oms_core.context import Grant, Principal
from oms_core.ids import new_id
from oms_core.testing.running import Running
from oms_protos.orders.v1 import GetOrderRequest, Order, PlaceOrderRequest
from oms_wire.service import Channel
from tests.shop import Shop
from tests.skew.first_contracts import Carried, message, method, parsed

ORDERS, TICKETS = "orders.v1.OrdersService", "kitchen.v1.TicketsService"

pytestmark = pytest.mark.placement("wire", "split")


class FirstClient:
    """What somebody wrote against the first contracts, with the owner's token."""

    def __init__(self, running: Running, chain_id: str) -> None:
        self._running = running
        self._owner = (chain_id, Principal("user:first", (Grant("owner", chain_id),)))

    async def __call__(self, service: str, name: str, **values: Any) -> Any:
        called = method(service, name)
        channel: Channel = self._running.door(f"oms.{service}", *self._owner)
        answer: Any = await channel.unary(called, called.request(message(called.request.NAME, **values)))
        return answer.message


@pytest.fixture
def first(shop: Shop) -> FirstClient:
    return FirstClient(shop.running, shop.chain_id)


async def test_the_first_client_takes_an_order_to_its_end(shop: Shop, first: FirstClient) -> None:
    line = message("orders.v1.Line", variation_id=shop.ramen.variations[0].variation_id, quantity=2)
    basket = {"location_id": shop.pier, "service_mode": 2, "lines": [line]}
    quote = await first(ORDERS, "PriceOrder", **basket)
    assert quote.total.amount == 1800
    order = await first(ORDERS, "PlaceOrder", **basket, quote_token=quote.quote_token, channel="web")
    await shop.running.settle()
    listed = await first(TICKETS, "ListTickets", location_id=shop.pier, order_id=order.order_id)
    assert [ticket.station for ticket in listed.tickets] == ["wok"]
    for ticket in listed.tickets:
        await first(TICKETS, "StartTicket", ticket_id=ticket.ticket_id)
        await first(TICKETS, "DoneTicket", ticket_id=ticket.ticket_id)
    await shop.running.settle()
    await first(ORDERS, "HandOffOrder", order_id=order.order_id)
    await shop.running.settle()
    ended = await first(ORDERS, "GetOrder", order_id=order.order_id)
    today = await shop.orders.get_order(GetOrderRequest(order_id=order.order_id))
    assert (ended.order_id, ended.state, ended.total.amount) == (today.order_id, int(today.state), 1800)
    assert [step.to_state for step in ended.timeline] == [int(step.to_state) for step in today.timeline]


async def test_an_event_of_the_first_publisher_is_handled_today(shop: Shop) -> None:
    order_id, event_id = new_id("ord"), uuid4()
    line = message(
        "orders.v1.EventLine",
        line_id=new_id("lin"),
        item_id=shop.gyoza.item_id,
        variation_id=shop.gyoza.variations[0].variation_id,
        name="Gyoza",
        quantity=1,
    )
    event = message(
        "orders.v1.OrderAccepted", order_id=order_id, location_id=shop.pier, number=1, lines=[line]
    )
    await shop.running.sql(
        "insert into oms.outbox (seq, event_id, tenant, plugin, type, schema_version, aggregate_id,"
        " aggregate_version, part, payload) select nextval('oms.event_seq'), $1, $2, 'orders',"
        " 'orders.order_accepted', 1, $3, 1, 0, $4",
        event_id,
        shop.chain_id,
        order_id,
        bytes(Carried(event)),
    )
    await shop.running.settle()
    made = await shop.running.sql("select station from kitchen.tickets where order_id = $1", order_id)
    assert [row["station"] for row in made] == ["grill"]


@pytest.mark.placement("wire")
async def test_what_today_says_passes_through_the_first_contracts_unharmed(shop: Shop) -> None:
    request = await shop.quoted(shop.line(shop.ramen))
    again = parsed("orders.v1.PlaceOrderRequest", bytes(request)).SerializeToString()
    assert PlaceOrderRequest.parse(again) == request
    order = await shop.place(shop.line(shop.ramen))
    back = Order.parse(parsed("orders.v1.Order", bytes(order)).SerializeToString())
    assert back == order
