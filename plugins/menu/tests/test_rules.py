from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_menu import rules
from oms_menu.rules import Offered
from oms_protos.menu.v1 import CreateItemRequest, LineRequest, NewVariation, UpdateItemRequest
from oms_protos.types.v1 import Money

IDS = [f"var_{index}" for index in range(6)]
QUANTITIES = st.integers(1, rules.QUANTITY)
LINES = st.lists(
    st.builds(LineRequest, variation_id=st.sampled_from(IDS), quantity=QUANTITIES), min_size=1, max_size=12
)
AMOUNTS = st.integers(0, rules.HIGHEST_AMOUNT)


def offer(variation_id: str, *, amount: int = 500, currency: str = "USD", available: bool = True) -> Offered:
    return Offered("itm_1", variation_id, "Ramen", "Large", "wok", amount, currency, available)


OFFERS = st.dictionaries(st.sampled_from(IDS), AMOUNTS).map(
    lambda amounts: {
        variation_id: offer(variation_id, amount=amount) for variation_id, amount in amounts.items()
    }
)


def item(**changed: object) -> CreateItemRequest:
    variation = NewVariation(name="Large", price=Money(amount=500, currency="USD"))
    fields: dict[str, object] = {"brand_id": "brd_1", "name": "Ramen", "variations": [variation]}
    return CreateItemRequest(**(fields | changed))


def fields_of(request: CreateItemRequest) -> list[str]:
    return [violation.field for violation in rules.check_item(request)]


@given(lines=LINES, offered=OFFERS)
def test_a_refusal_names_exactly_the_lines_that_are_not_offered(
    lines: list[LineRequest], offered: dict[str, Offered]
) -> None:
    refusal = rules.find_refusal(lines, offered, currency="USD")
    bad = [index for index, line in enumerate(lines) if line.variation_id not in offered]
    named = [violation.field for violation in refusal.violations] if refusal else []
    assert named == [f"lines[{index}].variation_id" for index in bad]


@given(lines=LINES, amounts=st.lists(AMOUNTS, min_size=len(IDS), max_size=len(IDS)))
def test_the_total_is_the_sum_of_quantity_times_price(lines: list[LineRequest], amounts: list[int]) -> None:
    price_of = dict(zip(IDS, amounts, strict=True))
    offered = {name: offer(name, amount=amount) for name, amount in price_of.items()}
    priced = rules.price(lines, offered)
    assert [line.variation_id for line in priced] == [line.variation_id for line in lines]
    assert rules.total(priced, currency="USD") == Money(
        amount=sum(line.quantity * price_of[line.variation_id] for line in lines), currency="USD"
    )


def test_a_full_order_at_the_highest_price_fits_in_64_bits() -> None:
    lines = [LineRequest(variation_id="var_1", quantity=rules.QUANTITY)] * rules.LINES
    priced = rules.price(lines, {"var_1": offer("var_1", amount=rules.HIGHEST_AMOUNT)})
    assert rules.total(priced, currency="USD").amount < 2**63


@pytest.mark.parametrize(
    ("offered", "why"),
    [(offer("var_1", available=False), "sold out"), (offer("var_1", currency="EUR"), "no price in USD")],
)
def test_what_is_sold_out_or_priced_in_another_currency_is_unavailable(offered: Offered, why: str) -> None:
    refusal = rules.find_refusal([LineRequest(variation_id="var_1")], {"var_1": offered}, currency="USD")
    assert refusal is not None
    assert refusal.code == "ITEM_UNAVAILABLE"
    assert why in refusal.violations[0].message


def test_an_unknown_line_outweighs_a_sold_out_one_and_both_are_named() -> None:
    lines = [LineRequest(variation_id="var_1"), LineRequest(variation_id="var_2")]
    refusal = rules.find_refusal(lines, {"var_1": offer("var_1", available=False)}, currency="USD")
    assert refusal is not None
    assert refusal.code == "UNKNOWN_VARIATION"
    assert [violation.message.partition(":")[0] for violation in refusal.violations] == [
        "ITEM_UNAVAILABLE",
        "UNKNOWN_VARIATION",
    ]


@pytest.mark.parametrize("quantity", [0, -1, 1000, 10**6])
def test_a_quantity_out_of_range_is_named_by_its_path(quantity: int) -> None:
    [violation] = rules.check_lines([LineRequest(variation_id="var_1", quantity=quantity)])
    assert violation.field == "lines[0].quantity"


class TestItems:
    def test_a_good_item_passes(self) -> None:
        assert fields_of(item(station="grill")) == []

    @pytest.mark.parametrize("name", ["", "   ", "x" * 121, "tab\t", "nul\x00"])
    def test_a_name_is_readable(self, name: str) -> None:
        assert fields_of(item(name=name)) == ["name"]

    @pytest.mark.parametrize("station", ["Grill", "two words", "x" * 41])
    def test_a_station_is_a_lower_case_word(self, station: str) -> None:
        assert fields_of(item(station=station)) == ["station"]

    def test_an_item_needs_a_variation(self) -> None:
        assert fields_of(item(variations=[])) == ["variations"]

    @pytest.mark.parametrize(
        ("price", "field"),
        [
            (None, "price"),
            (Money(amount=-1, currency="USD"), "price.amount"),
            (Money(amount=rules.HIGHEST_AMOUNT + 1, currency="USD"), "price.amount"),
            (Money(amount=1, currency="usd"), "price.currency"),
            (Money(amount=1), "price.currency"),
        ],
    )
    def test_a_price_is_named_by_its_path(self, price: Money | None, field: str) -> None:
        assert fields_of(item(variations=[NewVariation(name="L", price=price)])) == [f"variations[0].{field}"]

    def test_two_variations_of_one_name_are_refused(self) -> None:
        twice = [NewVariation(name="L", price=Money(amount=1, currency="USD"))] * 2
        assert fields_of(item(variations=twice)) == ["variations[1].name"]

    def test_an_update_needs_a_version_and_a_change(self) -> None:
        wrong = rules.check_update(UpdateItemRequest(item_id="itm_1"))
        assert [violation.field for violation in wrong] == ["version", "name"]

    def test_an_update_may_take_the_station_away(self) -> None:
        assert rules.check_update(UpdateItemRequest(item_id="itm_1", version=1, station="")) == []
