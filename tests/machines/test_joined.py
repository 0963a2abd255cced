"""Order and tickets are two machines that events join: whatever happens, and however late each event is
heard, they agree in the end."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from oms_kitchen import rules as kitchen
from oms_kitchen.routing import by_station
from oms_kitchen.states import DONE, START, TICKET
from oms_orders import rules as orders
from oms_orders.events import event_of
from oms_orders.states import ORDER
from oms_protos.kitchen.v1 import OrderPrepared, OrderRecalled, OrderStarted, TicketState
from oms_protos.orders.v1 import (
    Order,
    OrderAccepted,
    OrderCancelled,
    OrderHandedOff,
    OrderLine,
    OrderModifier,
    OrderState,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
STATIONS = st.sampled_from(["", "grill", "fryer", "bar"])
LINES = st.lists(st.tuples(STATIONS, STATIONS), min_size=1, max_size=4)
"""The station of each item, and of its one modifier."""
HEARD = (OrderAccepted, OrderCancelled, OrderHandedOff, OrderStarted, OrderPrepared, OrderRecalled)
"""Harder than the runtime: in turn only within each kind of event, as when dead letters are replayed."""


class AnyDay(RuleBasedStateMachine):
    """Guests, cooks and cashiers do anything at any moment; every handler hears when it likes."""

    @initialize(lines=LINES)
    def place(self, lines: list[tuple[str, str]]) -> None:
        self.minutes = 0
        self.waiting: defaultdict[type, deque[object]] = defaultdict(deque)
        self.stations = {f"itm_{index}": item for index, (item, _) in enumerate(lines)}
        self.stations |= {f"mod_{index}": own for index, (_, own) in enumerate(lines)}
        self.work = kitchen.Work("ord_1", "loc_1", 0, ())
        self.is_known = False
        self.heard = 0
        self.told: list[int] = []
        self.order = Order(
            order_id="ord_1",
            location_id="loc_1",
            lines=[
                OrderLine(
                    line_id=f"lin_{index}",
                    item_id=f"itm_{index}",
                    quantity=1,
                    modifiers=[OrderModifier(modifier_id=f"mod_{index}", quantity=1)],
                )
                for index in range(len(lines))
            ],
        )
        self.step("place")
        self.step("accept")

    def now(self) -> datetime:
        self.minutes += 1
        return NOON + timedelta(minutes=self.minutes)

    def step(self, *steps: str) -> None:
        for step in steps:
            self.keep(orders.take(self.order, step, by="user:1", at=self.now()))

    def keep(self, order: Order) -> None:
        for entry in order.timeline[self.order.version :]:
            event = event_of(order, entry)
            if isinstance(event, HEARD):
                self.waiting[type(event)].append(event)
        self.order = order

    def tell(self, result: tuple[kitchen.Work, list[kitchen.Told]]) -> None:
        self.work, events = result
        for event in events:
            self.told.append(event.order_version)
            self.waiting[type(event)].append(event)

    @rule()
    def cancel(self) -> None:
        if ORDER.after(self.order.state, "cancel"):
            self.step("cancel")

    @rule()
    def hand_off(self) -> None:
        if ORDER.after(self.order.state, "hand_off"):
            self.step("hand_off", "complete")

    @rule(which=st.integers(0, 3), step=st.sampled_from([START, DONE, DONE]))
    def cook(self, which: int, step: str) -> None:
        if self.work.tickets:
            ticket = self.work.tickets[which % len(self.work.tickets)]
            if TICKET.after(ticket.state, step):
                self.tell(kitchen.advance(self.work, ticket.ticket_id, step, at=self.now()))

    @rule()
    def cook_everything(self) -> None:
        for step in (START, DONE):
            for ticket in self.work.tickets:
                if TICKET.after(ticket.state, step):
                    self.tell(kitchen.advance(self.work, ticket.ticket_id, step, at=self.now()))

    @rule(which=st.integers(0, 3))
    def recall(self, which: int) -> None:
        if self.work.tickets:
            ticket = self.work.tickets[which % len(self.work.tickets)]
            try:
                self.tell(kitchen.recall(self.work, ticket.ticket_id, reason="COLD", at=self.now()))
            except (kitchen.OrderClosed, kitchen.IllegalStep):
                assert self.work.is_closed or ticket.state is not TicketState.READY

    @rule(kind=st.sampled_from(HEARD))
    def hear(self, kind: type) -> None:
        if self.waiting[kind]:
            self._hear(self.waiting[kind].popleft())

    def _hear(self, event: object) -> None:
        if isinstance(event, OrderAccepted):
            if not self.is_known:
                self.is_known = True
                ids = [f"tkt_{name}" for name in by_station(event.lines, self.stations)]
                self.tell(kitchen.fire(event, self.stations, ticket_ids=ids, at=self.now()))
        elif isinstance(event, OrderCancelled | OrderHandedOff):
            self.is_known = True
            self.work = kitchen.close(self.work, at=self.now())
        elif isinstance(event, OrderStarted | OrderPrepared | OrderRecalled) and (
            event.order_version > self.heard
        ):
            self.heard = event.order_version
            by = "plugin:orders"
            after = orders.follow(self.order, event.EVENT.name, by=by, at=self.now())
            if after is not None:
                self.keep(after)

    @rule(kinds=st.permutations(HEARD))
    def everything_is_heard(self, kinds: list[type]) -> None:
        while any(self.waiting.values()):
            for kind in kinds:
                self.hear(kind)
        self.they_agree()

    def teardown(self) -> None:
        if hasattr(self, "order"):
            self.everything_is_heard(list(HEARD))

    def they_agree(self) -> None:
        states = {ticket.state for ticket in self.work.tickets} - {TicketState.VOIDED}
        match self.order.state:
            case OrderState.READY:
                assert states <= {TicketState.READY}
            case OrderState.PREPARING:
                assert states - {TicketState.READY}
                assert states - {TicketState.FIRED}
            case OrderState.ACCEPTED:
                assert states == {TicketState.FIRED}
            case ended:
                assert ended in ORDER.ends
                assert self.work.is_closed
                assert states <= {TicketState.READY}

    @invariant()
    def the_timeline_rebuilds_the_row(self) -> None:
        if hasattr(self, "order"):
            assert orders.replay(self.order.timeline) == (self.order.state, self.order.version)

    @invariant()
    def the_kitchen_tells_without_gaps(self) -> None:
        if hasattr(self, "order"):
            assert self.told == list(range(1, self.work.version + 1))


TestAnyDay = AnyDay.TestCase
TestAnyDay.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def test_a_recall_that_is_heard_before_its_order_was_ready_is_not_lost() -> None:
    order = Order(order_id="ord_1")
    for step in ("place", "accept"):
        order = orders.take(order, step, by="user:1", at=NOON)
    back = orders.follow(order, OrderRecalled.EVENT.name, by="plugin:orders", at=NOON)
    assert back is not None
    assert back.state is OrderState.PREPARING


@pytest.mark.parametrize("end", [["cancel"], ["hand_off", "complete"]])
def test_a_recall_of_an_order_at_its_end_changes_nothing(end: list[str]) -> None:
    order = Order(order_id="ord_1")
    for step in ("place", "accept", OrderPrepared.EVENT.name, *end):
        order = orders.take(order, step, by="user:1", at=NOON)
    assert orders.follow(order, OrderRecalled.EVENT.name, by="plugin:orders", at=NOON) is None
