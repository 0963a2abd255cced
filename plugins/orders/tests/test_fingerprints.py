from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from oms_orders.fingerprints import content_hash, price_hash
from oms_protos.orders.v1 import Line, ModifierChoice, OrderLine, OrderModifier, ServiceMode
from oms_protos.types.v1 import Money

TEXT = st.text(max_size=20)
CHOICES = st.recursive(
    st.just([]),
    lambda inner: st.lists(
        st.builds(ModifierChoice, modifier_id=TEXT, quantity=st.integers(0, 3), modifiers=inner), max_size=3
    ),
    max_leaves=6,
)
LINES = st.lists(
    st.builds(Line, variation_id=TEXT, quantity=st.integers(1, 999), note=TEXT, modifiers=CHOICES),
    min_size=1,
    max_size=5,
)
EAT_IN = ServiceMode.EAT_IN


def usd(amount: int) -> Money:
    return Money(amount=amount, currency="USD")


def priced(*amounts: int) -> list[OrderLine]:
    return [
        OrderLine(variation_id=f"var_{index}", unit_price=usd(amount)) for index, amount in enumerate(amounts)
    ]


def topped(*amounts: int, inner: int = 0) -> list[OrderLine]:
    modifiers = [
        OrderModifier(
            modifier_id=f"mod_{index}",
            quantity=1,
            unit_price=usd(amount),
            modifiers=[OrderModifier(modifier_id="mod_inner", quantity=1, unit_price=usd(inner))],
        )
        for index, amount in enumerate(amounts)
    ]
    return [OrderLine(variation_id="var_1", unit_price=usd(1000), modifiers=modifiers)]


@given(LINES, LINES)
def test_another_content_has_another_hash(one: list[Line], other: list[Line]) -> None:
    hashes = [content_hash("loc_1", EAT_IN, lines) for lines in (one, other)]
    assert (hashes[0] == hashes[1]) == (one == other)


@given(LINES)
def test_locations_and_modes_are_told_apart(lines: list[Line]) -> None:
    places, modes = ("loc_1", "loc_2"), (EAT_IN, ServiceMode.TAKEOUT)
    assert len({content_hash(place, mode, lines) for place in places for mode in modes}) == 4


@given(CHOICES.filter(lambda choices: choices != choices[::-1]))
def test_another_sequence_of_choices_is_another_content(choices: list[ModifierChoice]) -> None:
    line = Line(variation_id="var_1", quantity=1, modifiers=choices)
    turned = replace(line, modifiers=choices[::-1])
    assert content_hash("loc_1", EAT_IN, [line]) != content_hash("loc_1", EAT_IN, [turned])


def test_a_choice_without_a_quantity_is_one_of_it() -> None:
    hashes = {
        quantity: content_hash(
            "loc_1", EAT_IN, [Line(modifiers=[ModifierChoice(modifier_id="mod_1", quantity=quantity)])]
        )
        for quantity in (None, 0, 1)
    }
    assert hashes[None] == hashes[1] != hashes[0]


def test_prices_that_swap_within_one_total_are_seen() -> None:
    assert price_hash(priced(300, 500)) != price_hash(priced(500, 300))
    assert price_hash(topped(300, 500)) != price_hash(topped(500, 300))
    assert price_hash(topped(300, inner=1)) != price_hash(topped(300, inner=2))
