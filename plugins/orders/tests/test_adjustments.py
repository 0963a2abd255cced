from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_orders import adjustments
from oms_protos.orders.v1 import Adjustment, Adjustments, OrderLine
from oms_protos.types.v1 import Money
from oms_wire.hook import Given


def usd(amount: int) -> Money:
    return Money(amount=amount, currency="USD")


def less(amount: int, line: int | None = None) -> Adjustment:
    return Adjustment(code="LESS", name="Less", amount=usd(amount), line=line)


def order(*totals: int) -> tuple[list[OrderLine], Money]:
    return [OrderLine(total=usd(total)) for total in totals], usd(sum(totals))


def apply(*answers: list[Adjustment], totals: tuple[int, ...] = (1000, 500)) -> list[tuple[str, int]]:
    given_ = [Given(f"plugin_{index}", Adjustments(adjustments=one)) for index, one in enumerate(answers)]
    held, out = adjustments.apply(given_, *order(*totals))
    assert not out
    return [(one.plugin, one.amount.amount) for one in held if one.amount is not None]


TOTALS = st.lists(st.integers(0, 2000), min_size=1, max_size=4).map(tuple)
ADJUSTMENT = st.builds(less, st.integers(-3000, 1500), st.none() | st.integers(0, 4))
ANSWERS = st.lists(st.lists(ADJUSTMENT, max_size=4), max_size=4)


@given(TOTALS, ANSWERS)
def test_a_price_never_falls_below_zero_nor_a_line(
    totals: tuple[int, ...], answers: list[list[Adjustment]]
) -> None:
    given_ = [Given(f"plugin_{index}", Adjustments(adjustments=one)) for index, one in enumerate(answers)]
    lines, subtotal = order(*totals)
    held, out = adjustments.apply(given_, lines, subtotal)
    left, taken = subtotal.amount, defaultdict[int, int](int)
    for one in held:
        assert one.amount is not None
        assert one.amount.amount != 0
        left += one.amount.amount
        assert left >= 0
        if one.line is not None:
            taken[one.line] += min(one.amount.amount, 0)
    assert all(-amount <= totals[line] for line, amount in taken.items())
    assert subtotal.amount + adjustments.sum_of(held) == left
    bad = [
        f"plugin_{index}"
        for index, one in enumerate(answers)
        if any(change.line is not None and change.line >= len(totals) for change in one)
    ]
    assert [one.plugin for one in out] == bad
    assert not {one.plugin for one in held} & set(bad)


@given(TOTALS, ANSWERS)
def test_answers_are_applied_in_plugin_order_and_named(
    totals: tuple[int, ...], answers: list[list[Adjustment]]
) -> None:
    given_ = [Given(f"plugin_{index}", Adjustments(adjustments=one)) for index, one in enumerate(answers)]
    held, _ = adjustments.apply(given_, *order(*totals))
    plugins = [one.plugin for one in held]
    assert plugins == sorted(plugins)


@given(TOTALS, ANSWERS)
def test_what_is_written_is_read(totals: tuple[int, ...], answers: list[list[Adjustment]]) -> None:
    given_ = [Given("happy_hour", Adjustments(adjustments=one)) for one in answers]
    held, _ = adjustments.apply(given_, *order(*totals))
    assert adjustments.read(adjustments.written(held), currency="USD") == held


def test_the_discount_that_would_cross_zero_is_cut_and_later_ones_are_dropped() -> None:
    assert apply([less(-1400)], [less(-400)], [less(-1)]) == [("plugin_0", -1400), ("plugin_1", -100)]


def test_discounts_of_a_line_take_that_line_at_most() -> None:
    assert apply([less(-400, 1)], [less(-400, 1), less(-1, 1), less(-300, 0)]) == [
        ("plugin_0", -400),
        ("plugin_1", -100),
        ("plugin_1", -300),
    ]


def test_a_surcharge_is_added() -> None:
    assert apply([less(250), less(-50)]) == [("plugin_0", 250), ("plugin_0", -50)]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (Adjustment(code="less", name="Less", amount=usd(-1)), "code"),
        (Adjustment(code="LESS", name="", amount=usd(-1)), "name"),
        (Adjustment(code="LESS", name="a\nb", amount=usd(-1)), "name"),
        (Adjustment(code="LESS", name="Less"), "amount"),
        (Adjustment(code="LESS", name="Less", amount=Money(amount=-1, currency="EUR")), "amount"),
        (less(-(10**12) - 1), "amount"),
        (less(-1, 2), "line"),
        (less(-1, -1), "line"),
    ],
)
def test_an_answer_with_a_fault_is_left_out_as_a_whole(bad: Adjustment, why: str) -> None:
    answers = [
        Given("good", Adjustments(adjustments=[less(-10)])),
        Given("bad", Adjustments(adjustments=[less(-10), bad])),
    ]
    held, [out] = adjustments.apply(answers, *order(1000, 500))
    assert [one.plugin for one in held] == ["good"]
    assert out.plugin == "bad"
    assert out.why.startswith(f"adjustments[1].{why}:")


def test_too_many_adjustments_are_a_fault() -> None:
    answers = [Given("eager", Adjustments(adjustments=[less(1)] * 501))]
    held, [out] = adjustments.apply(answers, *order(1000))
    assert (held, out.why) == ([], "501 adjustments; at most 500")
