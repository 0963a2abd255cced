"""What may be chosen, and what it costs: against an oracle, and each rule by its message."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_menu import choices, pricing
from oms_menu.asking import AskedGroup
from oms_menu.options import OnOffer, Option, OptionGroup
from oms_menu.pricing import Offered, Shelf
from oms_protos.menu.v1 import LineRequest, ModifierRequest, PricedModifier

from .menus import oracle_accepts, oracle_unit_price, random_line, random_menu

DICE = st.integers(0, 2**32).map(Random)


@given(dice=DICE)
def test_accepts_exactly_what_the_oracle_accepts_at_the_oracles_price(dice: Random) -> None:
    menu = random_menu(dice)
    for line in [random_line(dice, menu) for _ in range(5)]:
        if pricing.check_lines([line]):
            continue  # nested deeper than any menu allows, and refused before its choices are looked at
        refusal = pricing.find_refusal([line], menu.shelf())
        assert (refusal is None) == oracle_accepts(menu, line)
        if refusal is None:
            [priced] = pricing.price([line], menu.shelf())
            unit = oracle_unit_price(menu, line)
            assert (priced.base_price.amount, priced.unit_price.amount) == (menu.amount, unit)
            assert priced.total.amount == unit * line.quantity


def test_the_random_lines_are_often_right_and_often_wrong() -> None:
    dice = Random(1)
    menus = [random_menu(dice) for _ in range(500)]
    right = sum(oracle_accepts(menu, random_line(dice, menu)) for menu in menus)
    assert 100 < right < 400


@given(dice=DICE)
def test_a_line_costs_the_same_in_whatever_company_and_place(dice: Random) -> None:
    menu = random_menu(dice)
    lines = [line for line in (random_line(dice, menu) for _ in range(12)) if oracle_accepts(menu, line)]
    priced = pricing.price(lines, menu.shelf())
    assert [line.total for line in priced] == [pricing.price([line], menu.shelf())[0].total for line in lines]
    order = list(range(len(lines)))
    dice.shuffle(order)
    shuffled = pricing.price([lines[place] for place in order], menu.shelf())
    assert shuffled == [priced[place] for place in order]
    assert pricing.total(shuffled, currency="USD") == pricing.total(priced, currency="USD")


@given(dice=DICE)
def test_what_was_chosen_comes_back_as_it_was_chosen(dice: Random) -> None:
    menu = random_menu(dice)
    line = random_line(dice, menu)
    if not oracle_accepts(menu, line):
        return
    [priced] = pricing.price([line], menu.shelf())

    def same(asked: list[ModifierRequest], answered: list[PricedModifier]) -> None:
        assert [(one.modifier_id, choices.quantity_of(one)) for one in asked] == [
            (one.modifier_id, one.quantity) for one in answered
        ]
        for one, other in zip(asked, answered, strict=True):
            assert other.group_id == menu.options[one.modifier_id].group_id
            same(one.modifiers, other.modifiers)

    same(line.modifiers, priced.modifiers)


# A burger asks for one bun and up to two sauces; mayonnaise opens "how much".
GROUPS = {
    "grp_bun": OptionGroup("grp_bun", "Bun", 1, 1),
    "grp_sauce": OptionGroup("grp_sauce", "Sauces", 0, 3),
    "grp_much": OptionGroup("grp_much", "How much", 1, 1),
}


def option(name: str, group_id: str, *, amount: int = 50, available: bool = True, **more: object) -> Option:
    fields: dict[str, object] = {"currency": "USD", "local": False, "max_quantity": 1, **more}
    return Option(f"mod_{name}", group_id, name, amount, available=available, **fields)  # type: ignore[arg-type]


OPTIONS = {
    one.modifier_id: one
    for one in (
        option("sesame", "grp_bun", amount=0),
        option("brioche", "grp_bun", amount=100),
        option("ketchup", "grp_sauce", max_quantity=2),
        option("mayo", "grp_sauce", opens=("grp_much",)),
        option("aioli", "grp_sauce", available=False),
        option("curry", "grp_sauce", currency="EUR"),
        option("extra", "grp_much", amount=30),
    )
}
ASKS = (AskedGroup("grp_bun"), AskedGroup("grp_sauce", max=2, prices={"mod_ketchup": (20, "USD")}))
BURGER = Offered("itm_1", "var_1", "Burger", "Single", "grill", 1000, "USD", available=True, asks=ASKS)
SHELF = Shelf({"var_1": BURGER}, OnOffer("USD", OPTIONS, GROUPS))


def pick(name: str, *below: ModifierRequest, quantity: int | None = None) -> ModifierRequest:
    return ModifierRequest(modifier_id=f"mod_{name}", quantity=quantity, modifiers=list(below))


def burger(*chosen: ModifierRequest, quantity: int = 1) -> LineRequest:
    return LineRequest(variation_id="var_1", quantity=quantity, modifiers=list(chosen))


SESAME = pick("sesame")

REFUSED = [
    pytest.param(
        [],
        "lines[0].modifiers",
        "MODIFIER_LIMIT: Burger takes at least 1 of Bun (grp_bun), not 0",
        id="required",
    ),
    pytest.param(
        [SESAME, pick("brioche")],
        "lines[0].modifiers",
        "MODIFIER_LIMIT: Burger takes at most 1 of Bun (grp_bun), not 2",
        id="too many",
    ),
    pytest.param(
        [SESAME, pick("ketchup", quantity=2), pick("mayo", pick("extra"))],
        "lines[0].modifiers",
        "MODIFIER_LIMIT: Burger takes at most 2 of Sauces (grp_sauce), not 3",
        id="the item's own limit",
    ),
    pytest.param(
        [SESAME, pick("mayo")],
        "lines[0].modifiers[1].modifiers",
        "MODIFIER_LIMIT: mayo takes at least 1 of How much (grp_much), not 0",
        id="required below",
    ),
    pytest.param(
        [pick("sesame", quantity=0)],
        "lines[0].modifiers",
        "MODIFIER_LIMIT: Burger takes at least 1 of Bun (grp_bun), not 0",
        id="none does not count",
    ),
    pytest.param(
        [SESAME, pick("mayo", pick("extra", quantity=2))],
        "lines[0].modifiers[1].modifiers[0].quantity",
        "MODIFIER_LIMIT: extra of How much (grp_much) can be had 1 times at most, not 2",
        id="too many of one",
    ),
    pytest.param(
        [SESAME, pick("mayo", pick("ketchup"), pick("extra"))],
        "lines[0].modifiers[1].modifiers[0].modifier_id",
        "UNKNOWN_MODIFIER: ketchup is of Sauces (grp_sauce), which mayo does not ask",
        id="of another group",
    ),
    pytest.param(
        [SESAME, pick("gold")],
        "lines[0].modifiers[1].modifier_id",
        "UNKNOWN_MODIFIER: 'mod_gold' is not on this menu; Burger takes Bun (grp_bun), Sauces (grp_sauce)",
        id="unknown",
    ),
    pytest.param(
        [SESAME, pick("ketchup"), pick("ketchup")],
        "lines[0].modifiers[2].modifier_id",
        "MODIFIER_REPEATED: ketchup of Sauces (grp_sauce) is there twice: send its quantity instead",
        id="twice",
    ),
    pytest.param(
        [SESAME, pick("aioli")],
        "lines[0].modifiers[1].modifier_id",
        "MODIFIER_UNAVAILABLE: aioli of Sauces (grp_sauce) is sold out here",
        id="sold out",
    ),
    pytest.param(
        [SESAME, pick("curry")],
        "lines[0].modifiers[1].modifier_id",
        "MODIFIER_UNAVAILABLE: curry of Sauces (grp_sauce) has no price in USD here",
        id="another currency",
    ),
]


@pytest.mark.parametrize(("chosen", "field", "message"), REFUSED)
def test_a_refusal_names_the_group_and_the_place(
    chosen: list[ModifierRequest], field: str, message: str
) -> None:
    refusal = pricing.find_refusal([burger(*chosen)], SHELF)
    assert refusal is not None
    assert {(one.field, one.message) for one in refusal.violations} >= {(field, message)}
    assert refusal.code in {one.message.partition(":")[0] for one in refusal.violations}


def test_every_violation_is_named_and_the_gravest_code_wins() -> None:
    lines = [burger(), burger(SESAME, pick("aioli")), burger(SESAME, pick("gold")), burger(SESAME)]
    refusal = pricing.find_refusal(lines, SHELF)
    assert refusal is not None
    assert refusal.code == "UNKNOWN_MODIFIER"
    assert [one.field for one in refusal.violations] == [
        "lines[0].modifiers",
        "lines[1].modifiers[1].modifier_id",
        "lines[2].modifiers[1].modifier_id",
    ]


def test_a_price_is_the_locations_else_the_items_else_the_options() -> None:
    chosen = [SESAME, pick("ketchup", quantity=2)]
    assert pricing.price([burger(*chosen, quantity=3)], SHELF)[0].total.amount == 3 * (1000 + 2 * 20)
    local = {**OPTIONS, "mod_ketchup": option("ketchup", "grp_sauce", amount=70, local=True, max_quantity=2)}
    here = Shelf({"var_1": BURGER}, OnOffer("USD", local, GROUPS))
    assert pricing.price([burger(*chosen)], here)[0].unit_price.amount == 1000 + 2 * 70


def test_none_of_something_costs_nothing_and_stays_for_the_kitchen() -> None:
    line = burger(SESAME, pick("aioli", quantity=0), pick("mayo", quantity=0))
    assert pricing.find_refusal([line], SHELF) is None
    [priced] = pricing.price([line], SHELF)
    assert priced.unit_price.amount == 1000
    assert [(one.name, one.quantity, one.total.amount) for one in priced.modifiers] == [
        ("sesame", 1, 0),
        ("aioli", 0, 0),
        ("mayo", 0, 0),
    ]


class TestShape:
    def test_below_none_there_is_nothing(self) -> None:
        [wrong] = pricing.check_lines([burger(pick("mayo", pick("extra"), quantity=0))])
        assert wrong.field == "lines[0].modifiers[0].modifiers"

    @pytest.mark.parametrize("quantity", [-1, 1000])
    def test_a_quantity_out_of_range_is_named_by_its_path(self, quantity: int) -> None:
        [wrong] = pricing.check_lines([burger(pick("mayo", pick("extra", quantity=quantity)))])
        assert wrong.field == "lines[0].modifiers[0].modifiers[0].quantity"

    def test_a_line_is_at_most_so_deep(self) -> None:
        chosen = pick("mayo")
        for _ in range(choices.DEPTH - 1):
            chosen = pick("mayo", chosen)
        assert pricing.check_lines([burger(chosen)]) == []
        [wrong] = pricing.check_lines([burger(pick("mayo", chosen))])
        assert "levels" in wrong.message

    def test_a_line_has_at_most_so_many_choices(self) -> None:
        assert pricing.check_lines([burger(*[SESAME] * choices.CHOICES)]) == []
        [wrong] = pricing.check_lines([burger(pick("mayo", *[SESAME] * choices.CHOICES))])
        assert wrong.field == "lines[0].modifiers"

    def test_what_is_too_dear_to_add_up_is_refused(self) -> None:
        dear = {**OPTIONS, "mod_mayo": option("mayo", "grp_sauce", amount=10**9, max_quantity=0)}
        asks = (AskedGroup("grp_sauce", max=0),)
        offer = Offered("itm_1", "var_1", "Burger", "Single", "", 10**9, "USD", available=True, asks=asks)
        lines = [burger(pick("mayo", quantity=quantity)) for quantity in (998, 999)]
        [ample, _] = pricing.price(lines, Shelf({"var_1": offer}, OnOffer("USD", dear, GROUPS)))
        assert pricing.check_amounts([ample]) == []
        beyond = [ample, pricing.price(lines, Shelf({"var_1": offer}, OnOffer("USD", dear, GROUPS)))[1]]
        beyond[1].unit_price.amount = pricing.HIGHEST_UNIT_AMOUNT + 1
        assert [wrong.field for wrong in pricing.check_amounts(beyond)] == ["lines[1]"]
        assert pricing.HIGHEST_UNIT_AMOUNT * pricing.QUANTITY * pricing.LINES < 2**63
