from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from {{ cookiecutter.__package }} import rules


@given(name=st.text(max_size=2 * rules.LONGEST_NAME))
def test_a_name_is_refused_when_it_is_blank_or_too_long(name: str) -> None:
    bad = not name.strip() or len(name) > rules.LONGEST_NAME
    assert bool(rules.check_name(name)) == bad


@given(amount=st.integers(0, 10**12), percent=st.integers(0, 100))
def test_a_discount_is_right_to_half_a_unit_and_never_more_than_the_amount(
    amount: int, percent: int
) -> None:
    off = rules.discount(amount, percent=percent)
    assert 0 <= off <= amount
    assert -50 < off * 100 - amount * percent <= 50
