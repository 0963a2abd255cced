from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from oms_core.ids import new_id
from oms_orders import rules
from oms_orders.tables import DayNumber, LineRow, OrderRow, TimelineRow
from oms_protos.kitchen.v1 import DoneTicketRequest, StartTicketRequest
from oms_protos.menu.v1 import SetAvailabilityRequest, SetPriceRequest
from oms_protos.orders.v1 import (
    CancelOrderRequest,
    GetOrderRequest,
    HandOffOrderRequest,
    Line,
    ListOrdersRequest,
    Order,
    OrdersClient,
    OrderState,
    PriceOrderRequest,
    ServiceMode,
)
from oms_wire.errors import (
    Aborted,
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    RpcError,
)
from tests.shop import Shop, open_shop, price

TABLES = [f"orders.{table._meta.tablename}" for table in (DayNumber, OrderRow, LineRow, TimelineRow)]


async def rows(shop: Shop) -> dict[str, int]:
    """Return how many rows this chain has in each of the plugin's tables."""
    counts = {}
    for table in TABLES:
        [row] = await shop.running.sql(f"select count(*) from {table} where tenant = $1", shop.chain_id)
        counts[table] = row["count"]
    return counts


async def events_of(shop: Shop, order: Order) -> list[tuple[str, int]]:
    found = await shop.running.sql(
        "select type, aggregate_version from oms.event_log where plugin = 'orders' and aggregate_id = $1"
        " order by aggregate_version",
        order.order_id,
    )
    return [(row["type"], row["aggregate_version"]) for row in found]


async def make(shop: Shop, order: Order) -> None:
    """Let the cooks make everything."""
    for ticket in await shop.tickets_of(order):
        await shop.tickets.start_ticket(StartTicketRequest(ticket_id=ticket.ticket_id))
        await shop.tickets.done_ticket(DoneTicketRequest(ticket_id=ticket.ticket_id))
    await shop.running.settle()


async def complete(shop: Shop, order: Order) -> Order:
    await make(shop, order)
    return await shop.orders.hand_off_order(HandOffOrderRequest(order_id=order.order_id))


class TestPricing:
    async def test_tells_each_line_and_the_total_and_stores_nothing(self, shop: Shop) -> None:
        before = await rows(shop)
        lines = [shop.line(shop.ramen, quantity=2, variation=1), shop.line(shop.cola, quantity=3)]
        quote = await shop.orders.price_order(
            PriceOrderRequest(location_id=shop.pier, service_mode=ServiceMode.EAT_IN, lines=lines)
        )
        assert [line.total for line in quote.lines] == [price(2500), price(750)]
        assert quote.total == price(3250)
        assert await rows(shop) == before

    async def test_names_every_line_that_cannot_be_sold(self, shop: Shop) -> None:
        lines = [Line(variation_id="var_nothing", quantity=1), shop.line(shop.cola), Line("var_less", 1)]
        with pytest.raises(InvalidArgument) as caught:
            await shop.quoted(*lines)
        assert caught.value.code == "UNKNOWN_VARIATION"
        paths = [violation.field for violation in caught.value.violations]
        assert paths == ["lines[0].variation_id", "lines[2].variation_id"]

    async def test_keeps_two_lines_of_one_variation_apart(self, shop: Shop) -> None:
        order = await shop.place(shop.line(shop.ramen, note="no egg"), shop.line(shop.ramen))
        assert [(line.quantity, line.note) for line in order.lines] == [(1, "no egg"), (1, "")]
        assert order.lines[0].line_id != order.lines[1].line_id


class TestPlacing:
    async def test_answers_what_is_stored(self, shop: Shop) -> None:
        order = await shop.place(
            shop.line(shop.ramen, note="no egg"), shop.line(shop.cola), channel="kiosk", external_id="k-1"
        )
        assert (order.state, order.version, order.number) == (OrderState.ACCEPTED, 2, 1)
        assert (order.brand_id, order.total) == (shop.noodles, price(1150))
        await shop.running.settle()
        stored = await shop.orders.get_order(GetOrderRequest(order_id=order.order_id))
        assert stored.timeline[:2] == order.timeline
        assert replace(stored, state=order.state, version=2, updated_at=order.updated_at, timeline=[]) == (
            replace(order, timeline=[])
        )

    async def test_a_later_price_never_changes_a_placed_line(self, shop: Shop) -> None:
        order = await shop.place(shop.line(shop.ramen))
        variation_id = order.lines[0].variation_id
        await shop.menu.set_price(
            SetPriceRequest(location_id=shop.pier, variation_id=variation_id, price=price(1))
        )
        stored = await shop.orders.get_order(GetOrderRequest(order_id=order.order_id))
        assert (stored.total, stored.lines[0].unit_price) == (price(900), price(900))

    async def test_a_changed_price_is_refused_with_both_amounts(self, shop: Shop) -> None:
        request = await shop.quoted(shop.line(shop.ramen, quantity=2))
        variation_id = request.lines[0].variation_id
        await shop.menu.set_price(
            SetPriceRequest(location_id=shop.pier, variation_id=variation_id, price=price(1000))
        )
        before = await rows(shop)
        with pytest.raises(FailedPrecondition) as caught:
            await shop.orders.place_order(request)
        assert caught.value.code == "PRICE_CHANGED"
        assert caught.value.details["quoted_amount"] == "1800"
        assert caught.value.details["current_amount"] == "2000"
        assert await rows(shop) == before

    async def test_a_change_of_the_menu_that_leaves_the_prices_is_no_matter(self, shop: Shop) -> None:
        request = await shop.quoted(shop.line(shop.ramen))
        await shop.menu.set_price(
            SetPriceRequest(
                location_id=shop.pier, variation_id=shop.cola.variations[0].variation_id, price=price(1)
            )
        )
        order = await shop.orders.place_order(request)
        assert order.menu_version > shop.ramen.version

    async def test_what_sold_out_since_the_quote_is_refused(self, shop: Shop) -> None:
        request = await shop.quoted(shop.line(shop.cola), shop.line(shop.ramen))
        variation_id = request.lines[1].variation_id
        await shop.menu.set_availability(
            SetAvailabilityRequest(location_id=shop.pier, variation_id=variation_id, available=False)
        )
        with pytest.raises(FailedPrecondition) as caught:
            await shop.orders.place_order(request)
        assert caught.value.code == "ITEM_UNAVAILABLE"
        assert [violation.field for violation in caught.value.violations] == ["lines[1].variation_id"]

    @pytest.mark.parametrize("change", ["mode", "note", "quantity", "location", "lines"])
    async def test_a_quote_is_for_one_content(self, shop: Shop, change: str) -> None:
        request = await shop.quoted(shop.line(shop.ramen))
        [line] = request.lines
        changed: dict[str, dict[str, object]] = {
            "mode": {"service_mode": ServiceMode.EAT_IN},
            "note": {"lines": [replace(line, note="extra egg")]},
            "quantity": {"lines": [replace(line, quantity=2)]},
            "location": {"location_id": shop.market},
            "lines": {"lines": [line, line]},
        }
        with pytest.raises(FailedPrecondition) as caught:
            await shop.orders.place_order(replace(request, **changed[change]))
        assert caught.value.code == "QUOTE_MISMATCH"

    @pytest.mark.parametrize(
        "forge", [lambda token: token[:-2] + "xx", lambda _: "made.up.quote", lambda t: t * 2]
    )
    async def test_a_forged_quote_is_refused(self, shop: Shop, forge: object) -> None:
        request = await shop.quoted()
        with pytest.raises(InvalidArgument) as caught:
            await shop.orders.place_order(replace(request, quote_token=forge(request.quote_token)))  # type: ignore[operator]
        assert caught.value.code == "QUOTE_INVALID"
        assert [violation.field for violation in caught.value.violations] == ["quote_token"]

    async def test_a_channel_uses_an_external_id_once_for_ever(self, shop: Shop) -> None:
        order = await shop.place(channel="web", external_id="w-1")
        with pytest.raises(AlreadyExists) as caught:
            await shop.place(channel="web", external_id="w-1", location_id=shop.market)
        assert caught.value.code == "EXTERNAL_ID_TAKEN"
        assert caught.value.details["order_id"] == order.order_id
        assert (await shop.place(channel="kiosk", external_id="w-1")).number == 2
        neighbour = await open_shop(shop.running)
        assert (await neighbour.place(channel="web", external_id="w-1")).number == 1

    async def test_numbers_have_no_gaps_and_start_at_1_at_each_location(self, shop: Shop) -> None:
        requests = [await shop.quoted() for _ in range(12)]
        orders = await asyncio.gather(*(shop.orders.place_order(request) for request in requests))
        assert sorted(order.number for order in orders) == list(range(1, 13))
        assert (await shop.place(location_id=shop.market)).number == 1

    async def test_a_refused_order_takes_no_number(self, shop: Shop) -> None:
        await shop.place(external_id="w-1")
        with pytest.raises(AlreadyExists):
            await shop.place(external_id="w-1")
        assert (await shop.place()).number == 2

    async def test_one_key_makes_one_order_however_often_it_is_sent(self, shop: Shop) -> None:
        request, key = await shop.quoted(), new_id("key")
        answers = await asyncio.gather(
            *(shop.orders.place_order(request, idempotency_key=key) for _ in range(20)),
            return_exceptions=True,
        )
        orders = [answer for answer in answers if isinstance(answer, Order)]
        others = [answer for answer in answers if not isinstance(answer, Order)]
        assert len({order.order_id for order in orders}) == 1
        assert {answer.code for answer in others if isinstance(answer, RpcError)} <= {
            "IDEMPOTENCY_IN_PROGRESS"
        }
        again = await shop.orders.place_order(request, idempotency_key=key)
        assert again == orders[0]
        assert (await rows(shop))["orders.orders"] == 1

    async def test_notes_are_in_the_lines_and_nowhere_else(self, shop: Shop) -> None:
        note = "Ann is allergic to peanuts"
        order = await shop.place(shop.line(shop.ramen, note=note))
        await make(shop, order)
        for table in ("orders.timeline", "kitchen.tickets", "oms.event_log", "oms.inbox"):
            found = await shop.running.sql(
                f"select t::text as row from {table} t where tenant = $1", shop.chain_id
            )
            assert found
            for row in found:
                assert note not in row["row"]
                assert note.encode().hex() not in row["row"]


class TestLife:
    async def test_an_order_goes_from_the_first_ticket_to_the_guest(self, shop: Shop) -> None:
        order = await shop.place(shop.line(shop.ramen), shop.line(shop.gyoza))
        tickets = await shop.tickets_of(order)
        seen = []
        for step, request in [
            (shop.tickets.start_ticket, StartTicketRequest),
            (shop.tickets.done_ticket, DoneTicketRequest),
        ]:
            for ticket in tickets:
                await step(request(ticket_id=ticket.ticket_id))
                await shop.running.settle()
                seen.append((await shop.orders.get_order(GetOrderRequest(order_id=order.order_id))).state)
        assert seen == [OrderState.PREPARING] * 3 + [OrderState.READY]
        done = await shop.orders.hand_off_order(HandOffOrderRequest(order_id=order.order_id))
        assert (done.state, done.version) == (OrderState.COMPLETED, 6)
        assert rules.replay(done.timeline) == (OrderState.COMPLETED, 6)
        assert await events_of(shop, order) == [
            ("orders.order_placed", 1),
            ("orders.order_accepted", 2),
            ("orders.order_preparing", 3),
            ("orders.order_ready", 4),
            ("orders.order_handed_off", 5),
            ("orders.order_completed", 6),
        ]

    async def test_an_order_of_nothing_to_make_is_ready_at_once(self, shop: Shop) -> None:
        order = await shop.place(shop.line(shop.cola))
        assert await shop.tickets_of(order) == []
        ready = await shop.orders.get_order(GetOrderRequest(order_id=order.order_id))
        assert (ready.state, ready.version) == (OrderState.READY, 3)

    async def test_an_order_that_is_not_ready_is_not_handed_over(self, shop: Shop) -> None:
        order = await shop.place()
        with pytest.raises(FailedPrecondition) as caught:
            await shop.orders.hand_off_order(HandOffOrderRequest(order_id=order.order_id))
        assert caught.value.code == "ORDER_STATE"
        assert caught.value.details["state"] == "ACCEPTED"
        assert "cancel" in caught.value.details["allowed"]

    async def test_a_cancelled_order_stays_cancelled(self, shop: Shop) -> None:
        order = await shop.place()
        request = CancelOrderRequest(order_id=order.order_id, version=2, reason="OUT_OF_ITEMS")
        cancelled = await shop.orders.cancel_order(request)
        assert (cancelled.state, cancelled.timeline[-1].reason) == (OrderState.CANCELLED, "OUT_OF_ITEMS")
        with pytest.raises(FailedPrecondition, match="nothing, it is at its end"):
            await shop.orders.cancel_order(CancelOrderRequest(order_id=order.order_id))

    async def test_a_completed_order_is_not_cancelled(self, shop: Shop) -> None:
        order = await complete(shop, await shop.place())
        with pytest.raises(FailedPrecondition) as caught:
            await shop.orders.cancel_order(CancelOrderRequest(order_id=order.order_id, version=order.version))
        assert caught.value.code == "ORDER_STATE"
        assert await shop.orders.get_order(GetOrderRequest(order_id=order.order_id)) == order

    async def test_of_two_writers_of_one_version_one_wins(self, shop: Shop) -> None:
        order = await shop.place()
        request = CancelOrderRequest(order_id=order.order_id, version=order.version)
        answers = await asyncio.gather(
            *(shop.orders.cancel_order(request) for _ in range(2)), return_exceptions=True
        )
        [winner] = [answer for answer in answers if isinstance(answer, Order)]
        [loser] = [answer for answer in answers if isinstance(answer, Aborted)]
        assert winner.version == 3
        assert (loser.code, loser.details["sent"], loser.details["current"]) == ("VERSION_MISMATCH", "2", "3")

    async def test_a_ticket_started_while_the_order_is_cancelled_changes_nothing(self, shop: Shop) -> None:
        order = await shop.place()
        [ticket] = await shop.tickets_of(order)
        await asyncio.gather(
            shop.tickets.start_ticket(StartTicketRequest(ticket_id=ticket.ticket_id)),
            shop.orders.cancel_order(CancelOrderRequest(order_id=order.order_id)),
        )
        await shop.running.settle()
        stored = await shop.orders.get_order(GetOrderRequest(order_id=order.order_id))
        assert stored.state is OrderState.CANCELLED
        assert rules.replay(stored.timeline) == (stored.state, stored.version)


class TestReading:
    async def test_pages_hold_every_order_once_newest_first(self, shop: Shop) -> None:
        placed = [(await shop.place()).order_id for _ in range(5)]
        await shop.place(location_id=shop.market)
        seen, request = [], ListOrdersRequest(location_id=shop.pier, page_size=2)
        while True:
            answer = await shop.orders.list_orders(request)
            seen += [order.order_id for order in answer.orders]
            assert all(order.lines and not order.timeline for order in answer.orders)
            if not answer.next_page_token:
                break
            request = replace(request, page_token=answer.next_page_token)
        assert seen == placed[::-1]

    async def test_a_list_may_ask_for_one_state(self, shop: Shop) -> None:
        kept, cancelled = await shop.place(shop.line(shop.ramen)), await shop.place()
        await shop.orders.cancel_order(CancelOrderRequest(order_id=cancelled.order_id))
        for state, order in [(OrderState.ACCEPTED, kept), (OrderState.CANCELLED, cancelled)]:
            answer = await shop.orders.list_orders(ListOrdersRequest(location_id=shop.pier, state=state))
            assert [found.order_id for found in answer.orders] == [order.order_id]

    async def test_a_page_token_is_for_one_list(self, shop: Shop) -> None:
        for _ in range(2):
            await shop.place()
        first = await shop.orders.list_orders(ListOrdersRequest(location_id=shop.pier, page_size=1))
        for request in (
            ListOrdersRequest(location_id=shop.market, page_token=first.next_page_token),
            ListOrdersRequest(
                location_id=shop.pier, state=OrderState.READY, page_token=first.next_page_token
            ),
            ListOrdersRequest(location_id=shop.pier, page_token="made-up"),
        ):
            with pytest.raises(InvalidArgument) as caught:
                await shop.orders.list_orders(request)
            assert caught.value.code == "PAGE_TOKEN_INVALID"

    @pytest.mark.parametrize(
        ("request_", "field"),
        [
            (ListOrdersRequest(page_size=201), "page_size"),
            (ListOrdersRequest(page_size=-1), "page_size"),
            (ListOrdersRequest(state=OrderState(99)), "state"),
        ],
    )
    async def test_a_list_out_of_range_is_refused(
        self, shop: Shop, request_: ListOrdersRequest, field: str
    ) -> None:
        with pytest.raises(InvalidArgument) as caught:
            await shop.orders.list_orders(replace(request_, location_id=shop.pier))
        assert [violation.field for violation in caught.value.violations] == [field]

    @pytest.mark.parametrize("order_id", ["ord_0123456789abcdefghjkmnpqrs", "x", "ord_'; drop table orders"])
    async def test_no_order_is_not_found(self, shop: Shop, order_id: str) -> None:
        with pytest.raises(NotFound) as caught:
            await shop.orders.get_order(GetOrderRequest(order_id=order_id))
        assert caught.value.code == "ORDER_NOT_FOUND"

    async def test_another_chain_s_order_is_not_found(self, shop: Shop) -> None:
        order = await shop.place()
        neighbour = await open_shop(shop.running)
        with pytest.raises(NotFound):
            await neighbour.orders.get_order(GetOrderRequest(order_id=order.order_id))

    async def test_a_sister_location_s_cashier_may_not_read_it(self, shop: Shop) -> None:
        order = await shop.place()
        cashier = shop.running.client(OrdersClient, tenant=shop.chain_id, role="cashier", node=shop.market)
        with pytest.raises(PermissionDenied):
            await cashier.get_order(GetOrderRequest(order_id=order.order_id))
