from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_menu import fields, pricing
from oms_menu.options import OnOffer
from oms_menu.pricing import Offered, Shelf
from oms_protos.menu.v1 import LineRequest
from oms_protos.types.v1 import Money

IDS = [f"var_{index}" for index in range(6)]
QUANTITIES = st.integers(1, fields.QUANTITY)
LINES = st.lists(
    st.builds(LineRequest, variation_id=st.sampled_from(IDS), quantity=QUANTITIES), min_size=1, max_size=12
)
AMOUNTS = st.integers(0, fields.HIGHEST_AMOUNT)


def offer(variation_id: str, *, amount: int = 500, currency: str = "USD", available: bool = True) -> Offered:
    return Offered("itm_1", variation_id, "Ramen", "Large", "wok", amount, currency, available)


OFFERS = st.dictionaries(st.sampled_from(IDS), AMOUNTS).map(
    lambda amounts: {
        variation_id: offer(variation_id, amount=amount) for variation_id, amount in amounts.items()
    }
)


def shelf(offered: dict[str, Offered]) -> Shelf:
    return Shelf(offered, OnOffer("USD"))


@given(lines=LINES, offered=OFFERS)
def test_a_refusal_names_exactly_the_lines_that_are_not_offered(
    lines: list[LineRequest], offered: dict[str, Offered]
) -> None:
    refusal = pricing.find_refusal(lines, shelf(offered))
    bad = [index for index, line in enumerate(lines) if line.variation_id not in offered]
    named = [violation.field for violation in refusal.violations] if refusal else []
    assert named == [f"lines[{index}].variation_id" for index in bad]


@given(lines=LINES, amounts=st.lists(AMOUNTS, min_size=len(IDS), max_size=len(IDS)))
def test_the_total_is_the_sum_of_quantity_times_price(lines: list[LineRequest], amounts: list[int]) -> None:
    price_of = dict(zip(IDS, amounts, strict=True))
    offered = {name: offer(name, amount=amount) for name, amount in price_of.items()}
    priced = pricing.price(lines, shelf(offered))
    assert [line.variation_id for line in priced] == [line.variation_id for line in lines]
    assert pricing.total(priced, currency="USD") == Money(
        amount=sum(line.quantity * price_of[line.variation_id] for line in lines), currency="USD"
    )


def test_a_full_order_at_the_highest_price_fits_in_64_bits() -> None:
    lines = [LineRequest(variation_id="var_1", quantity=fields.QUANTITY)] * pricing.LINES
    priced = pricing.price(lines, shelf({"var_1": offer("var_1", amount=fields.HIGHEST_AMOUNT)}))
    assert pricing.total(priced, currency="USD").amount < 2**63


@pytest.mark.parametrize(
    ("offered", "why"),
    [(offer("var_1", available=False), "sold out"), (offer("var_1", currency="EUR"), "no price in USD")],
)
def test_what_is_sold_out_or_priced_in_another_currency_is_unavailable(offered: Offered, why: str) -> None:
    refusal = pricing.find_refusal([LineRequest(variation_id="var_1")], shelf({"var_1": offered}))
    assert refusal is not None
    assert refusal.code == "ITEM_UNAVAILABLE"
    assert why in refusal.violations[0].message


def test_an_unknown_line_outweighs_a_sold_out_one_and_both_are_named() -> None:
    lines = [LineRequest(variation_id="var_1"), LineRequest(variation_id="var_2")]
    refusal = pricing.find_refusal(lines, shelf({"var_1": offer("var_1", available=False)}))
    assert refusal is not None
    assert refusal.code == "UNKNOWN_VARIATION"
    assert [violation.message.partition(":")[0] for violation in refusal.violations] == [
        "ITEM_UNAVAILABLE",
        "UNKNOWN_VARIATION",
    ]


@pytest.mark.parametrize("quantity", [0, -1, 1000, 10**6])
def test_a_quantity_out_of_range_is_named_by_its_path(quantity: int) -> None:
    [violation] = pricing.check_lines([LineRequest(variation_id="var_1", quantity=quantity)])
    assert violation.field == "lines[0].quantity"
