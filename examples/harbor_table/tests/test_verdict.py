"""The verdict finds every order and ticket that was lost or made twice: its own negative controls."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from harbor_table.journal import Acknowledged
from harbor_table.outcome import Outcome
from harbor_table.verdict import StoredOrder, StoredTicket, Verdict, judge

STATIONS = ("bar", "fryer", "grill")
acknowledged = st.integers(1, 12).flatmap(
    lambda count: st.tuples(
        *(
            st.builds(
                lambda stations, number: Acknowledged(
                    f"ext-{number}", f"ord_{number}", "loc_1", tuple(stations)
                ),
                st.lists(st.sampled_from(STATIONS), unique=True),
                st.just(number),
            )
            for number in range(count)
        )
    )
)
Entries = tuple[Acknowledged, ...]


def stored(entries: Entries) -> tuple[list[StoredOrder], list[StoredTicket]]:
    orders = [StoredOrder(entry.order_id, entry.external_id, "COMPLETED") for entry in entries]
    return orders, [StoredTicket(entry.order_id, station) for entry in entries for station in entry.stations]


def good(entries: Entries, verdict: Verdict) -> bool:
    return Outcome(verdict, orders=len(entries), kills=0, seconds=0.0, seed=0).good


@given(acknowledged)
def test_what_is_there_once_is_neither_lost_nor_duplicated(entries: Entries) -> None:
    verdict = judge(entries, *stored(entries))
    assert (verdict.lost, verdict.duplicated, verdict.unacknowledged) == (0, 0, 0)
    assert verdict.completed == len(entries)
    assert good(entries, verdict)


@given(acknowledged)
def test_an_order_that_is_gone_is_lost(entries: Entries) -> None:
    orders, tickets = stored(entries)
    verdict = judge(entries, orders[1:], tickets)
    assert verdict.lost_orders == 1
    assert not good(entries, verdict)


@given(acknowledged)
def test_another_order_under_the_same_external_id_does_not_replace_the_one_acknowledged(
    entries: Entries,
) -> None:
    orders, tickets = stored(entries)
    verdict = judge(entries, [replace(orders[0], order_id="ord_other"), *orders[1:]], tickets)
    assert verdict.lost_orders == 1


@given(acknowledged)
def test_a_second_order_of_one_external_id_is_a_duplicate(entries: Entries) -> None:
    orders, tickets = stored(entries)
    verdict = judge(entries, [*orders, replace(orders[0], order_id="ord_twin")], tickets)
    assert (verdict.lost, verdict.duplicated_orders) == (0, 1)
    assert not good(entries, verdict)


@given(acknowledged)
def test_an_order_that_nobody_was_told_of_is_counted(entries: Entries) -> None:
    orders, tickets = stored(entries)
    verdict = judge(entries, [*orders, StoredOrder("ord_x", "ext-x", "ACCEPTED")], tickets)
    assert verdict.unacknowledged == 1
    assert not good(entries, verdict)


@given(acknowledged.filter(lambda entries: any(entry.stations for entry in entries)))
def test_tickets_are_held_to_the_same(entries: Entries) -> None:
    orders, tickets = stored(entries)
    assert judge(entries, orders, tickets[1:]).lost_tickets == 1
    assert judge(entries, orders, [*tickets, tickets[0]]).duplicated_tickets == 1


@given(acknowledged)
def test_an_order_that_did_not_reach_its_end_is_not_completed(entries: Entries) -> None:
    orders, tickets = stored(entries)
    verdict = judge(entries, [replace(orders[0], state="READY"), *orders[1:]], tickets)
    assert verdict.completed == len(entries) - 1
    assert not good(entries, verdict)
