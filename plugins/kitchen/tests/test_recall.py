from __future__ import annotations

import asyncio

import pytest

from oms_orders import rules
from oms_protos.kitchen.v1 import (
    DoneTicketRequest,
    ListTicketsRequest,
    RecallTicketRequest,
    StartTicketRequest,
    Ticket,
    TicketState,
)
from oms_protos.menu.v1 import (
    CreateItemRequest,
    CreateModifierGroupRequest,
    Item,
    ItemModifierGroup,
    NewModifier,
    NewVariation,
)
from oms_protos.orders.v1 import (
    CancelOrderRequest,
    GetOrderRequest,
    HandOffOrderRequest,
    Line,
    ModifierChoice,
    Order,
    OrderState,
)
from oms_wire.errors import Aborted, FailedPrecondition, InvalidArgument
from tests.shop import Shop, price


async def make(shop: Shop, *tickets: Ticket) -> None:
    for ticket in tickets:
        await shop.tickets.start_ticket(StartTicketRequest(ticket_id=ticket.ticket_id))
        await shop.tickets.done_ticket(DoneTicketRequest(ticket_id=ticket.ticket_id))
    await shop.running.settle()


async def recall(shop: Shop, ticket: Ticket, **more: object) -> Ticket:
    request = RecallTicketRequest(ticket_id=ticket.ticket_id, **more)  # type: ignore[arg-type]
    return await shop.tickets.recall_ticket(request)


async def read(shop: Shop, order: Order) -> Order:
    await shop.running.settle()
    return await shop.orders.get_order(GetOrderRequest(order_id=order.order_id))


async def told(shop: Shop, order: Order) -> list[str]:
    found = await shop.running.sql(
        "select type, aggregate_version from oms.event_log where plugin = 'kitchen' and aggregate_id = $1"
        " order by aggregate_version",
        order.order_id,
    )
    assert [row["aggregate_version"] for row in found] == list(range(1, len(found) + 1))
    return [row["type"].removeprefix("kitchen.order_") for row in found]


async def open_at(shop: Shop, station: str) -> list[str]:
    tickets = (
        await shop.tickets.list_tickets(ListTicketsRequest(location_id=shop.pier, station=station))
    ).tickets
    return [ticket.order_id for ticket in tickets if ticket.state is not TicketState.READY]


async def combo(shop: Shop) -> tuple[Item, Line]:
    """A burger from the grill with fries, which are made at the fryer."""
    fries = NewModifier(name="Fries", price=price(300), station="fryer")
    onions = NewModifier(name="Onions", price=price(0), station="cold")
    group = await shop.menu.create_modifier_group(
        CreateModifierGroupRequest(brand_id=shop.noodles, name="With", modifiers=[fries, onions])
    )
    item = await shop.menu.create_item(
        CreateItemRequest(
            brand_id=shop.noodles,
            name="Burger",
            station="grill",
            variations=[NewVariation(name="Single", price=price(1000))],
            modifier_groups=[ItemModifierGroup(group_id=group.group_id)],
        )
    )
    choices = [
        ModifierChoice(modifier_id=group.modifiers[0].modifier_id),
        ModifierChoice(modifier_id=group.modifiers[1].modifier_id, quantity=0),
    ]
    return item, Line(variation_id=item.variations[0].variation_id, quantity=2, modifiers=choices)


async def test_modifiers_go_with_their_item_or_to_a_station_of_their_own(shop: Shop) -> None:
    _, line = await combo(shop)
    order = await shop.place(line)
    fryer, grill = await shop.tickets_of(order)
    [fries], [burger] = fryer.items, grill.items
    assert (fryer.station, fryer.also_at, grill.station, grill.also_at) == (
        "fryer",
        ["grill"],
        "grill",
        ["fryer"],
    )
    assert (fries.name, fries.quantity, [(one.name, one.quantity) for one in fries.modifiers]) == (
        "Burger",
        2,
        [("Fries", 1)],
    )
    assert [(one.name, one.quantity) for one in burger.modifiers] == [("Onions", 0)]
    assert fries.line_id == burger.line_id == order.lines[0].line_id
    # A second time from what is remembered of the stations.
    assert [one.station for one in await shop.tickets_of(await shop.place(line))] == ["fryer", "grill"]


async def test_a_recall_takes_the_other_tickets_of_its_lines_along(shop: Shop) -> None:
    _, line = await combo(shop)
    order = await shop.place(line, shop.line(shop.ramen))
    fryer, grill, wok = await shop.tickets_of(order)
    await make(shop, fryer, grill, wok)
    assert (await read(shop, order)).state is OrderState.READY
    later = await shop.place(line)
    await shop.running.settle()
    recalled = await recall(shop, grill, reason="UNDERCOOKED")
    assert (recalled.state, recalled.version, recalled.fired_at) == (TicketState.RECALLED, 4, grill.fired_at)
    states = {ticket.station: ticket.state for ticket in await shop.tickets_of(order)}
    assert states == {
        "fryer": TicketState.RECALLED,
        "grill": TicketState.RECALLED,
        "wok": TicketState.READY,
    }
    # It shows again in its old place, before what came later.
    assert await open_at(shop, "grill") == [order.order_id, later.order_id]
    back = await read(shop, order)
    assert (back.state, back.timeline[-1].step, back.timeline[-1].reason) == (
        OrderState.PREPARING,
        "kitchen.order_recalled",
        "UNDERCOOKED",
    )
    await make(shop, fryer)
    assert (await read(shop, order)).state is OrderState.PREPARING
    await make(shop, grill)
    again = await read(shop, order)
    assert again.state is OrderState.READY
    assert rules.replay(again.timeline) == (again.state, again.version)
    assert await told(shop, order) == ["started", "prepared", "recalled", "prepared"]


async def test_a_recall_before_all_is_made_is_nobody_else_s_business(shop: Shop) -> None:
    order = await shop.place(shop.line(shop.ramen), shop.line(shop.gyoza))
    grill, wok = await shop.tickets_of(order)
    await make(shop, grill)
    await recall(shop, grill)
    await make(shop, wok)
    assert await told(shop, order) == ["started"]
    await make(shop, grill)
    assert await told(shop, order) == ["started", "prepared"]


async def test_of_two_who_recall_one_version_one_wins(shop: Shop) -> None:
    order = await shop.place()
    [ticket] = await shop.tickets_of(order)
    await make(shop, ticket)
    answers = await asyncio.gather(
        *(recall(shop, ticket, version=3) for _ in range(2)), return_exceptions=True
    )
    [loser] = [answer for answer in answers if isinstance(answer, Aborted)]
    assert (loser.code, loser.details["current"]) == ("VERSION_MISMATCH", "4")
    assert await told(shop, order) == ["started", "prepared", "recalled"]


async def test_what_is_not_made_is_not_recalled(shop: Shop) -> None:
    [ticket] = await shop.tickets_of(await shop.place())
    with pytest.raises(FailedPrecondition) as caught:
        await recall(shop, ticket)
    assert caught.value.code == "TICKET_STATE"
    assert (caught.value.details["state"], caught.value.details["allowed"]) == ("FIRED", "start, void")


@pytest.mark.parametrize("end", ["cancelled", "handed over"])
async def test_what_is_at_its_end_is_not_recalled(shop: Shop, end: str) -> None:
    order = await shop.place()
    [ticket] = await shop.tickets_of(order)
    await make(shop, ticket)
    if end == "cancelled":
        await shop.orders.cancel_order(CancelOrderRequest(order_id=order.order_id))
    else:
        await shop.orders.hand_off_order(HandOffOrderRequest(order_id=order.order_id))
    await shop.running.settle()
    with pytest.raises(FailedPrecondition) as caught:
        await recall(shop, ticket)
    assert (caught.value.code, caught.value.details["allowed"]) == ("ORDER_CLOSED", "")
    assert await told(shop, order) == ["started", "prepared"]


async def test_a_recall_while_the_order_is_handed_over_leaves_nothing_open(shop: Shop) -> None:
    order = await shop.place()
    [ticket] = await shop.tickets_of(order)
    await make(shop, ticket)
    await asyncio.gather(
        recall(shop, ticket),
        shop.orders.hand_off_order(HandOffOrderRequest(order_id=order.order_id)),
        return_exceptions=True,
    )
    after = await read(shop, order)
    [ticket] = await shop.tickets_of(order)
    if after.state is OrderState.COMPLETED:
        assert ticket.state in (TicketState.READY, TicketState.VOIDED)
    else:
        assert (after.state, ticket.state) == (OrderState.PREPARING, TicketState.RECALLED)


async def test_a_reason_is_a_code(shop: Shop) -> None:
    [ticket] = await shop.tickets_of(await shop.place())
    with pytest.raises(InvalidArgument) as caught:
        await recall(shop, ticket, reason="Ann burnt it")
    assert [violation.field for violation in caught.value.violations] == ["reason"]
