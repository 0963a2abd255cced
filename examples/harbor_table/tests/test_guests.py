"""Baskets hold only what is on offer, and tell which stations will work on them."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from harbor_table.guests import choose, stations_of
from oms_protos.menu.v1 import Menu, MenuItem, MenuVariation

MENU = Menu(
    items=[
        MenuItem(
            name="Burger",
            station="grill",
            variations=[
                MenuVariation(variation_id="var_1", available=True),
                MenuVariation(variation_id="var_2", available=False),
            ],
        ),
        MenuItem(
            name="Fries", station="fryer", variations=[MenuVariation(variation_id="var_3", available=True)]
        ),
        MenuItem(name="Water", station="", variations=[MenuVariation(variation_id="var_4", available=True)]),
    ]
)


@given(st.integers())
def test_a_basket_holds_what_is_on_offer(seed: int) -> None:
    lines = choose(MENU, random.Random(seed))
    assert {line.variation_id for line in lines} <= {"var_1", "var_3", "var_4"}
    assert 1 <= len(lines) <= 5
    assert all(1 <= line.quantity <= 999 and len(line.note) <= 200 for line in lines)


@given(st.integers())
def test_one_seed_makes_one_basket(seed: int) -> None:
    assert choose(MENU, random.Random(seed)) == choose(MENU, random.Random(seed))


@given(st.integers())
def test_only_stations_with_something_to_make_count(seed: int) -> None:
    lines = choose(MENU, random.Random(seed))
    made_at = {"var_1": "grill", "var_3": "fryer"}
    wanted = {made_at[line.variation_id] for line in lines if line.variation_id in made_at}
    assert stations_of(MENU, lines) == tuple(sorted(wanted))
