"""Baskets hold only what is on offer, and tell which stations will work on them."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from harbor_table.guests import choose, stations_of
from oms_protos.menu.v1 import (
    ItemModifierGroup,
    Menu,
    MenuItem,
    MenuModifier,
    MenuModifierGroup,
    MenuVariation,
)
from oms_protos.orders.v1 import ModifierChoice


def option(name: str, *opens: str, most: int = 1, station: str = "", available: bool = True) -> MenuModifier:
    return MenuModifier(
        modifier_id=f"mod_{name}",
        name=name,
        max_quantity=most,
        group_ids=list(opens),
        station=station,
        available=available,
    )


MENU = Menu(
    modifier_groups=[
        MenuModifierGroup(
            group_id="grp_sauce",
            max=3,
            modifiers=[option("ketchup", most=2), option("aioli", available=False), option("mayo", most=0)],
        ),
        MenuModifierGroup(group_id="grp_combo", max=1, modifiers=[option("combo", "grp_drink", "grp_sauce")]),
        MenuModifierGroup(
            group_id="grp_drink", min=1, max=1, modifiers=[option("cola", station="bar"), option("water")]
        ),
    ],
    items=[
        MenuItem(
            name="Burger",
            station="grill",
            modifier_groups=[
                ItemModifierGroup(group_id="grp_sauce", min=2, max=3),
                ItemModifierGroup(group_id="grp_combo", min=0, max=1),
            ],
            variations=[
                MenuVariation(variation_id="var_1", available=True),
                MenuVariation(variation_id="var_2", available=False),
            ],
        ),
        MenuItem(
            name="Fries", station="fryer", variations=[MenuVariation(variation_id="var_3", available=True)]
        ),
        MenuItem(name="Water", station="", variations=[MenuVariation(variation_id="var_4", available=True)]),
    ],
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
    below = [choice for line in lines for one in line.modifiers for choice in one.modifiers]
    wanted |= {"bar" for choice in below if choice.modifier_id == "mod_cola" and choice.quantity != 0}
    assert stations_of(MENU, lines) == tuple(sorted(wanted))


@given(st.integers())
def test_choices_keep_to_the_limits(seed: int) -> None:
    groups = {group.group_id: group for group in MENU.modifier_groups}
    group_of = {one.modifier_id: group for group in MENU.modifier_groups for one in group.modifiers}
    options = {one.modifier_id: one for group in MENU.modifier_groups for one in group.modifiers}
    limits = {group_id: (group.min, group.max) for group_id, group in groups.items()}

    def check(chosen: list[ModifierChoice], asked: dict[str, tuple[int, int]]) -> None:
        ids = [choice.modifier_id for choice in chosen]
        assert len(set(ids)) == len(ids)
        counts = dict.fromkeys(asked, 0)
        for choice in chosen:
            one, quantity = options[choice.modifier_id], choice.quantity or 0
            counts[group_of[choice.modifier_id].group_id] += quantity
            assert one.available
            assert quantity <= (one.max_quantity or quantity)
            if quantity:
                check(choice.modifiers, {opened: limits[opened] for opened in one.group_ids})
            else:
                assert choice.modifiers == []
        assert all(least <= counts[group_id] <= most for group_id, (least, most) in asked.items())

    for line in choose(MENU, random.Random(seed)):
        burger = line.variation_id == "var_1"
        check(line.modifiers, {"grp_sauce": (2, 3), "grp_combo": (0, 1)} if burger else {})
