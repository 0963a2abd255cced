from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from oms_kitchen.routing import by_station
from oms_protos.kitchen.v1 import TicketModifier
from oms_protos.orders.v1 import EventLine, EventModifier

STATIONS = st.sampled_from(["", "grill", "fryer", "bar"])
SHAPES = st.recursive(
    st.just([]), lambda inner: st.lists(st.tuples(st.integers(0, 3), inner), max_size=3), max_leaves=8
)
"""Quantities, each with what it opens."""

Where = tuple[str, int]


@st.composite
def lines_and_stations(draw: st.DrawFn) -> tuple[list[EventLine], dict[str, str]]:
    numbers = count(1)

    def made(shape: Sequence[tuple[int, list[object]]]) -> list[EventModifier]:
        found = []
        for quantity, inner in shape:
            name = f"mod_{next(numbers)}"
            below = made(inner)  # type: ignore[arg-type]
            found.append(EventModifier(modifier_id=name, name=name, quantity=quantity, modifiers=below))
        return found

    lines = [
        EventLine(
            line_id=f"lin_{index}",
            item_id=f"itm_{index}",
            name=f"itm_{index}",
            quantity=index + 1,
            modifiers=made(shape),
        )
        for index, shape in enumerate(draw(st.lists(SHAPES, min_size=1, max_size=3)))
    ]
    ids = [line.item_id for line in lines] + [f"mod_{number}" for number in range(1, next(numbers))]
    return lines, {one: draw(STATIONS) for one in ids}


def expected(
    modifiers: Sequence[EventModifier], stations: Mapping[str, str], at: str, times: int
) -> Iterator[tuple[str, Where]]:
    for one in modifiers:
        made = times * one.quantity
        station = (stations[one.modifier_id] or at) if made else at
        yield one.name, (station, made)
        yield from expected(one.modifiers, stations, station, made)


def seen(modifiers: Sequence[TicketModifier], station: str, times: int) -> Iterator[tuple[str, Where]]:
    for one in modifiers:
        yield one.name, (station, times * one.quantity)
        yield from seen(one.modifiers, station, times * one.quantity)


@given(lines_and_stations())
def test_every_modifier_is_made_once_where_it_belongs_and_as_often_as_it_was_ordered(
    ordered: tuple[list[EventLine], dict[str, str]],
) -> None:
    lines, stations = ordered
    work = by_station(lines, stations)
    for line in lines:
        wanted = list(expected(line.modifiers, stations, stations[line.item_id], 1))
        found = [
            one
            for station, items in work.items()
            for item in items
            if item.line_id == line.line_id
            for one in seen(item.modifiers, station, 1)
        ]
        assert sorted(found) == sorted(one for one in wanted if one[1][0])


@given(lines_and_stations())
def test_a_station_has_a_line_once_under_the_item_s_name(
    ordered: tuple[list[EventLine], dict[str, str]],
) -> None:
    lines, stations = ordered
    for station, items in by_station(lines, stations).items():
        line_ids = [item.line_id for item in items]
        assert line_ids == sorted(set(line_ids))
        by_id = {line.line_id: line for line in lines}
        for item in items:
            line = by_id[item.line_id]
            assert (item.name, item.quantity) == (line.name, line.quantity)
            assert item.modifiers or stations[line.item_id] == station


def modifier(name: str, *inner: EventModifier, quantity: int = 1) -> EventModifier:
    return EventModifier(modifier_id=name, name=name, quantity=quantity, modifiers=list(inner))


def test_a_side_with_a_station_of_its_own_takes_its_toppings_along() -> None:
    fries = modifier("fries", modifier("mayo", quantity=2), modifier("cheese"), quantity=2)
    burger = EventLine(
        line_id="lin_1",
        item_id="burger",
        name="Burger",
        quantity=3,
        modifiers=[modifier("onions", quantity=0), fries, modifier("shake", modifier("cherry"))],
    )
    stations = {"burger": "grill", "fries": "fryer", "cheese": "grill", "onions": "cold", "shake": "bar"}
    work = by_station([burger], stations)
    assert {station: items[0].modifiers for station, items in work.items()} == {
        "bar": [TicketModifier("shake", 1, [TicketModifier("cherry", 1)])],
        "fryer": [TicketModifier("fries", 2, [TicketModifier("mayo", 2)])],
        "grill": [TicketModifier("onions", 0), TicketModifier("cheese", 2)],
    }
    assert {items[0].quantity for items in work.values()} == {3}


def test_more_than_a_ticket_can_say_is_as_much_as_it_can_say() -> None:
    napkins = modifier("napkins", quantity=999)
    for name in ("box", "bag", "crate"):
        napkins = modifier(name, napkins, quantity=999)
    line = EventLine(line_id="lin_1", item_id="burger", name="Burger", quantity=1, modifiers=[napkins])
    work = by_station([line], {"burger": "grill", "napkins": "bar"})
    [item] = work["bar"]
    assert [one.quantity for one in item.modifiers] == [2**31 - 1]
    assert item.encode_json()
