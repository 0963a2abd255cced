from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from oms_core.ids import new_id
from oms_protos.kitchen.v1 import (
    DoneTicketRequest,
    GetTicketRequest,
    ListTicketsRequest,
    StartTicketRequest,
    Ticket,
    TicketsClient,
    TicketState,
)
from oms_protos.menu.v1 import UpdateItemRequest
from oms_protos.orders.v1 import (
    CancelOrderRequest,
    EventLine,
    GetOrderRequest,
    Order,
    OrderAccepted,
    OrderCancelled,
    OrderState,
)
from oms_wire.errors import Aborted, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from oms_wire.event import EventMessage
from tests.shop import Shop, open_shop


async def told(shop: Shop, order: Order) -> list[tuple[str, int]]:
    """Return what the kitchen has told about an order."""
    found = await shop.running.sql(
        "select type, aggregate_version from oms.event_log where plugin = 'kitchen' and aggregate_id = $1"
        " order by aggregate_version",
        order.order_id,
    )
    return [(row["type"], row["aggregate_version"]) for row in found]


async def start(shop: Shop, ticket: Ticket) -> Ticket:
    return await shop.tickets.start_ticket(StartTicketRequest(ticket_id=ticket.ticket_id))


async def done(shop: Shop, ticket: Ticket) -> Ticket:
    return await shop.tickets.done_ticket(DoneTicketRequest(ticket_id=ticket.ticket_id))


async def emit(shop: Shop, event: EventMessage, *, version: int) -> None:
    """Tell an event of orders as orders would."""
    async with shop.running.database.storage("orders").transaction(tenant=shop.chain_id) as tx:
        tx.emit(event, version=version)


def order_accepted(order: Order, *lines: EventLine) -> OrderAccepted:
    return OrderAccepted(
        order_id=order.order_id, location_id=order.location_id, number=order.number, lines=list(lines)
    )


async def heard(shop: Shop, order: Order, consumer: str) -> None:
    """Wait until a consumer has handled what there is about an order."""
    handled = """
    select count(*) from oms.inbox i join oms.event_log e using (event_id)
    where i.consumer = $1 and e.aggregate_id = $2
    """
    async with asyncio.timeout(10):
        while (await shop.running.sql(handled, consumer, order.order_id))[0][0] == 0:
            await asyncio.sleep(0.005)


class TestRouting:
    async def test_each_station_gets_its_items_and_the_names_of_the_others(self, shop: Shop) -> None:
        lines = [
            shop.line(shop.ramen, quantity=2),
            shop.line(shop.gyoza),
            shop.line(shop.cola),
            shop.line(shop.ramen, variation=1),
        ]
        order = await shop.place(*lines)
        tickets = {ticket.station: ticket for ticket in await shop.tickets_of(order)}
        assert {station: ticket.also_at for station, ticket in tickets.items()} == {
            "grill": ["wok"],
            "wok": ["grill"],
        }
        assert [(item.name, item.variation_name, item.quantity) for item in tickets["wok"].items] == [
            ("Tonkotsu Ramen", "Small", 2),
            ("Tonkotsu Ramen", "Large", 1),
        ]
        assert [item.line_id for item in tickets["grill"].items] == [order.lines[1].line_id]
        for ticket in tickets.values():
            assert (ticket.number, ticket.state, ticket.version) == (order.number, TicketState.FIRED, 1)

    async def test_an_item_is_made_where_the_menu_says_now(self, shop: Shop) -> None:
        await shop.menu.update_item(UpdateItemRequest(item_id=shop.ramen.item_id, version=1, station="bar"))
        [ticket] = await shop.tickets_of(await shop.place(shop.line(shop.ramen)))
        assert ticket.station == "bar"

    async def test_an_item_is_made_though_the_memory_of_stations_is_full(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("oms_kitchen.stations._MOST", 0)
        await shop.tickets_of(await shop.place(shop.line(shop.ramen)))
        order = await shop.place(shop.line(shop.ramen), shop.line(shop.gyoza))
        assert [ticket.station for ticket in await shop.tickets_of(order)] == ["grill", "wok"]

    async def test_nothing_to_make_is_told_as_prepared_at_once(self, shop: Shop) -> None:
        order = await shop.place(shop.line(shop.cola))
        assert await shop.tickets_of(order) == []
        assert await told(shop, order) == [("kitchen.order_prepared", 1)]


class TestSteps:
    async def test_the_first_start_and_the_last_done_are_told_once_each(self, shop: Shop) -> None:
        order = await shop.place(shop.line(shop.ramen), shop.line(shop.gyoza))
        first, second = await shop.tickets_of(order)
        assert await told(shop, order) == []
        await start(shop, first)
        await start(shop, second)
        assert await told(shop, order) == [("kitchen.order_started", 1)]
        await done(shop, second)
        assert await told(shop, order) == [("kitchen.order_started", 1)]
        ready = await done(shop, first)
        assert (ready.state, ready.version) == (TicketState.READY, 3)
        assert await told(shop, order) == [("kitchen.order_started", 1), ("kitchen.order_prepared", 2)]

    async def test_cooks_who_step_at_once_start_and_finish_an_order_once(self, shop: Shop) -> None:
        order = await shop.place(shop.line(shop.ramen), shop.line(shop.gyoza))
        tickets = await shop.tickets_of(order)
        await asyncio.gather(*(start(shop, ticket) for ticket in tickets))
        await asyncio.gather(*(done(shop, ticket) for ticket in tickets))
        assert await told(shop, order) == [("kitchen.order_started", 1), ("kitchen.order_prepared", 2)]

    async def test_a_ticket_is_not_done_before_it_is_started(self, shop: Shop) -> None:
        [ticket] = await shop.tickets_of(await shop.place())
        with pytest.raises(FailedPrecondition) as caught:
            await done(shop, ticket)
        assert caught.value.code == "TICKET_STATE"
        assert (caught.value.details["state"], caught.value.details["allowed"]) == ("FIRED", "start, void")

    async def test_of_two_cooks_with_one_version_one_wins(self, shop: Shop) -> None:
        [ticket] = await shop.tickets_of(await shop.place())
        request = StartTicketRequest(ticket_id=ticket.ticket_id, version=1)
        answers = await asyncio.gather(
            *(shop.tickets.start_ticket(request) for _ in range(2)), return_exceptions=True
        )
        [winner] = [answer for answer in answers if isinstance(answer, Ticket)]
        [loser] = [answer for answer in answers if isinstance(answer, Aborted)]
        assert (winner.version, loser.code, loser.details["current"]) == (2, "VERSION_MISMATCH", "2")

    async def test_a_cancelled_order_s_open_tickets_are_void_and_nothing_is_told(self, shop: Shop) -> None:
        order = await shop.place(shop.line(shop.ramen), shop.line(shop.gyoza))
        made, waiting = await shop.tickets_of(order)
        await start(shop, made)
        await done(shop, made)
        await shop.orders.cancel_order(CancelOrderRequest(order_id=order.order_id))
        after = {ticket.ticket_id: ticket for ticket in await shop.tickets_of(order)}
        assert after[made.ticket_id].state is TicketState.READY
        assert after[waiting.ticket_id].state is TicketState.VOIDED
        with pytest.raises(FailedPrecondition):
            await start(shop, waiting)
        assert await told(shop, order) == [("kitchen.order_started", 1)]
        stored = await shop.orders.get_order(GetOrderRequest(order_id=order.order_id))
        assert stored.state is OrderState.CANCELLED

    @pytest.mark.parametrize("makes_something", [True, False])
    async def test_an_order_whose_cancellation_is_heard_first_makes_no_work(
        self, shop: Shop, *, makes_something: bool
    ) -> None:
        # As after a dead letter that was replayed late.
        order = Order(order_id=new_id("ord"), location_id=shop.pier, number=1)
        line = EventLine(item_id=(shop.ramen if makes_something else shop.cola).item_id, quantity=1)
        await emit(shop, OrderCancelled(order_id=order.order_id, location_id=shop.pier), version=3)
        await heard(shop, order, "kitchen.void_tickets")
        await emit(shop, order_accepted(order, line), version=2)
        await heard(shop, order, "kitchen.make_tickets")
        assert await shop.tickets_of(order) == []
        assert await told(shop, order) == []


class TestReading:
    async def test_pages_hold_every_ticket_once_oldest_first(self, shop: Shop) -> None:
        orders = [await shop.place(shop.line(shop.ramen), shop.line(shop.gyoza)) for _ in range(3)]
        await shop.place(location_id=shop.market)
        await shop.running.settle()
        seen: list[Ticket] = []
        request = ListTicketsRequest(location_id=shop.pier, page_size=4)
        while True:
            answer = await shop.tickets.list_tickets(request)
            seen += answer.tickets
            if not answer.next_page_token:
                break
            request = replace(request, page_token=answer.next_page_token)
        assert sorted((ticket.order_id, ticket.station) for ticket in seen) == sorted(
            (order.order_id, station) for order in orders for station in ("grill", "wok")
        )
        assert [ticket.fired_at for ticket in seen] == sorted(
            ticket.fired_at for ticket in seen if ticket.fired_at
        )

    async def test_a_list_may_ask_for_station_state_and_order(self, shop: Shop) -> None:
        order, other = [await shop.place(shop.line(shop.ramen), shop.line(shop.gyoza)) for _ in range(2)]
        grill, wok = await shop.tickets_of(order)
        await start(shop, grill)

        async def listed(**asked: object) -> set[tuple[str, str]]:
            request = ListTicketsRequest(location_id=shop.pier, **asked)  # type: ignore[arg-type]
            tickets = (await shop.tickets.list_tickets(request)).tickets
            return {(ticket.order_id, ticket.station) for ticket in tickets}

        assert await listed(station="grill") == {(order.order_id, "grill"), (other.order_id, "grill")}
        assert await listed(state=TicketState.STARTED) == {(order.order_id, "grill")}
        assert await listed(station="wok", state=TicketState.FIRED, order_id=order.order_id) == {
            (order.order_id, "wok")
        }
        assert await listed(state=TicketState.READY) == set()
        assert (await shop.tickets.get_ticket(GetTicketRequest(ticket_id=wok.ticket_id))) == wok

    async def test_a_page_token_is_for_one_list(self, shop: Shop) -> None:
        await shop.tickets_of(await shop.place(shop.line(shop.ramen), shop.line(shop.gyoza)))
        first = await shop.tickets.list_tickets(ListTicketsRequest(location_id=shop.pier, page_size=1))
        with pytest.raises(InvalidArgument) as caught:
            await shop.tickets.list_tickets(
                ListTicketsRequest(location_id=shop.pier, station="wok", page_token=first.next_page_token)
            )
        assert caught.value.code == "PAGE_TOKEN_INVALID"

    async def test_an_unknown_state_is_refused(self, shop: Shop) -> None:
        with pytest.raises(InvalidArgument) as caught:
            await shop.tickets.list_tickets(ListTicketsRequest(location_id=shop.pier, state=TicketState(99)))
        assert [violation.field for violation in caught.value.violations] == ["state"]

    async def test_no_ticket_and_another_chain_s_are_not_found(self, shop: Shop) -> None:
        [ticket] = await shop.tickets_of(await shop.place())
        neighbour = await open_shop(shop.running)
        for client, ticket_id in [(shop.tickets, "tkt_none"), (neighbour.tickets, ticket.ticket_id)]:
            with pytest.raises(NotFound) as caught:
                await client.start_ticket(StartTicketRequest(ticket_id=ticket_id))
            assert caught.value.code == "TICKET_NOT_FOUND"

    async def test_a_sister_location_s_cook_may_not_touch_it(self, shop: Shop) -> None:
        [ticket] = await shop.tickets_of(await shop.place())
        cook = shop.running.client(TicketsClient, tenant=shop.chain_id, role="cook", node=shop.market)
        with pytest.raises(PermissionDenied):
            await cook.start_ticket(StartTicketRequest(ticket_id=ticket.ticket_id))
