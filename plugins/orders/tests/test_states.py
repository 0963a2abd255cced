from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from oms_orders import rules
from oms_orders.events import event_of
from oms_orders.states import LIVE, ORDER
from oms_protos.orders.v1 import Order, OrderState

PAGE = Path(__file__).parents[3] / "docs" / "order-states.md"
STEPS = sorted({transition.step for transition in ORDER.transitions})
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


class AnyPath(RuleBasedStateMachine):
    """Every step at every moment, in any sequence: late, repeated and forbidden ones too."""

    @initialize()
    def place(self) -> None:
        self.order = rules.take(Order(order_id="ord_1"), "place", by="user:1", at=NOON)
        self.was_at_end = False

    @rule(step=st.sampled_from(STEPS), reason=st.sampled_from(["", "OUT_OF_ITEMS"]))
    def take(self, step: str, reason: str) -> None:
        before = self.order
        at = NOON + timedelta(minutes=before.version)
        is_allowed = ORDER.after(before.state, step) is not None
        if not is_allowed:
            with pytest.raises(rules.IllegalStep, match=before.state.name):
                rules.take(before, step, by="user:1", at=at, reason=reason)
            return
        self.order = rules.take(before, step, by="user:1", at=at, reason=reason)
        assert before.state not in ORDER.ends
        assert before.version == len(before.timeline), "the order that was given has changed"
        assert self.order.version == before.version + 1

    @invariant()
    def the_timeline_rebuilds_the_row(self) -> None:
        assert rules.replay(self.order.timeline) == (self.order.state, self.order.version)
        assert self.order.updated_at == self.order.timeline[-1].at

    @invariant()
    def each_version_has_one_event(self) -> None:
        events = [event_of(self.order, entry) for entry in self.order.timeline]
        assert [entry.version for entry in self.order.timeline] == list(range(1, len(events) + 1))
        assert {event.order_id for event in events} == {"ord_1"}


TestAnyPath = AnyPath.TestCase


def test_every_state_of_the_contract_is_in_the_table() -> None:
    assert set(ORDER.states) == set(OrderState) - {OrderState.UNSPECIFIED}


def test_only_completed_and_cancelled_are_ends() -> None:
    assert ORDER.ends == (OrderState.COMPLETED, OrderState.CANCELLED)
    assert not set(LIVE) & set(ORDER.ends)


def test_a_timeline_with_a_gap_does_not_replay() -> None:
    order = Order(order_id="ord_1")
    for step in ("place", "accept", "cancel"):
        order = rules.take(order, step, by="user:1", at=NOON)
    with pytest.raises(ValueError, match="gaps"):
        rules.replay([order.timeline[0], order.timeline[2]])


def test_the_page_of_states_is_fresh() -> None:
    assert PAGE.read_text() == ORDER.as_markdown("The states of an order"), (
        "run: python -m oms_orders > docs/order-states.md"
    )
