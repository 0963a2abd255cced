from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from oms_kitchen import rules
from oms_kitchen.routing import by_station
from oms_kitchen.states import DONE, OPEN, START, TICKET
from oms_protos.kitchen.v1 import OrderPrepared, OrderRecalled, OrderStarted, TicketState
from oms_protos.orders.v1 import EventLine, OrderAccepted

PAGE = Path(__file__).parents[3] / "docs" / "ticket-states.md"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
STATIONS = st.sampled_from(["", "grill", "fryer", "bar"])


def accepted(stations: list[str]) -> tuple[OrderAccepted, dict[str, str]]:
    lines = [
        EventLine(line_id=f"lin_{index}", item_id=f"itm_{index}", name="Dish", quantity=index + 1)
        for index in range(len(stations))
    ]
    order = OrderAccepted(order_id="ord_1", location_id="loc_1", number=7, lines=lines)
    return order, {f"itm_{index}": station for index, station in enumerate(stations)}


def fire(stations: list[str]) -> tuple[rules.Work, list[rules.Told]]:
    order, by_item = accepted(stations)
    wanted = by_station(order.lines, by_item)
    return rules.fire(order, by_item, ticket_ids=[f"tkt_{name}" for name in wanted], at=NOON)


class AnyEvening(RuleBasedStateMachine):
    """Cooks take any step with any ticket, also wrong ones; the order may be closed any time."""

    @initialize(stations=st.lists(STATIONS, min_size=1, max_size=6))
    def accept(self, stations: list[str]) -> None:
        self.work, self.told = fire(stations)
        self.minutes = 0

    def now(self) -> datetime:
        self.minutes += 1
        return NOON + timedelta(minutes=self.minutes)

    @rule(which=st.integers(0, 3), step=st.sampled_from([START, DONE]))
    def cook(self, which: int, step: str) -> None:
        if not self.work.tickets:
            return
        ticket = self.work.tickets[which % len(self.work.tickets)]
        if TICKET.after(ticket.state, step) is None:
            with pytest.raises(rules.IllegalStep, match=ticket.state.name):
                rules.advance(self.work, ticket.ticket_id, step, at=self.now())
            return
        self.work, told = rules.advance(self.work, ticket.ticket_id, step, at=self.now())
        self.told += told

    @rule(which=st.integers(0, 3))
    def recall(self, which: int) -> None:
        if not self.work.tickets:
            return
        before = self.work
        ticket = before.tickets[which % len(before.tickets)]
        if before.is_closed or ticket.state is not TicketState.READY:
            with pytest.raises(rules.OrderClosed if before.is_closed else rules.IllegalStep):
                rules.recall(before, ticket.ticket_id, reason="", at=self.now())
            return
        self.work, told = rules.recall(before, ticket.ticket_id, reason="COLD", at=self.now())
        self.told += told
        assert [type(one) for one in told] == [OrderRecalled] * before.is_prepared
        for one, after in zip(before.tickets, self.work.tickets, strict=True):
            shares = {item.line_id for item in one.items} & {item.line_id for item in ticket.items}
            is_moved = bool(shares) and one.state is TicketState.READY
            assert after.state is (TicketState.RECALLED if is_moved else one.state)
            assert (after.version, after.fired_at) == (one.version + is_moved, one.fired_at)

    @rule()
    def close(self) -> None:
        self.work = rules.close(self.work, at=self.now())

    @invariant()
    def every_version_told_one_thing(self) -> None:
        assert [one.order_version for one in self.told] == list(range(1, self.work.version + 1))

    @invariant()
    def started_comes_once_and_first_then_prepared_and_recalled_take_turns(self) -> None:
        kinds = [type(one) for one in self.told]
        if self.work.tickets and kinds:
            assert kinds.pop(0) is OrderStarted
        turns = [OrderPrepared, OrderRecalled] * len(kinds)
        assert kinds == turns[: len(kinds)]

    @invariant()
    def told_last_is_how_it_stands(self) -> None:
        is_told = bool(self.told) and isinstance(self.told[-1], OrderPrepared)
        if not self.work.is_closed:
            assert is_told == self.work.is_prepared
        elif is_told:
            assert self.work.is_prepared

    @invariant()
    def nothing_is_open_after_it_is_closed(self) -> None:
        assert not (self.work.is_closed and any(ticket.state in OPEN for ticket in self.work.tickets))


TestAnyEvening = AnyEvening.TestCase


@given(st.lists(STATIONS, min_size=1, max_size=10))
def test_each_line_with_a_station_is_on_that_station_s_ticket_once(stations: list[str]) -> None:
    work, _ = fire(stations)
    made = {(item.line_id, ticket.station) for ticket in work.tickets for item in ticket.items}
    assert made == {(f"lin_{index}", station) for index, station in enumerate(stations) if station}
    assert [ticket.station for ticket in work.tickets] == sorted({station for station in stations if station})


@given(st.lists(STATIONS, min_size=1, max_size=10))
def test_a_ticket_names_the_other_stations(stations: list[str]) -> None:
    work, _ = fire(stations)
    for ticket in work.tickets:
        assert sorted([ticket.station, *ticket.also_at]) == sorted({name for name in stations if name})


def test_an_order_of_nothing_to_make_is_prepared_at_once() -> None:
    work, told = fire(["", ""])
    assert work.tickets == ()
    assert [type(one) for one in told] == [OrderPrepared]
    assert work.version == 1


def test_an_item_that_the_menu_no_longer_has_makes_no_ticket() -> None:
    order, _ = accepted(["grill"])
    assert by_station(order.lines, {}) == {}


def test_every_state_of_the_contract_is_in_the_table() -> None:
    assert set(TICKET.states) == set(TicketState) - {TicketState.UNSPECIFIED}
    assert TICKET.ends == (TicketState.VOIDED,)
    assert OPEN == (TicketState.FIRED, TicketState.STARTED, TicketState.RECALLED)


def test_the_page_of_states_is_fresh() -> None:
    assert PAGE.read_text() == TICKET.as_markdown("The states of a kitchen ticket"), (
        "run: python -m oms_kitchen > docs/ticket-states.md"
    )
