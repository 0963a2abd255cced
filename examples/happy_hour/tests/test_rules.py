from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from oms_protos.orders.v1 import Adjustment
from oms_protos.types.v1 import Money

from oms_happy_hour import rules
from oms_happy_hour.rules import Window

NEW_YORK = ZoneInfo("America/New_York")
MINUTE = timedelta(minutes=1)
clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))
windows = st.builds(Window, st.integers(1, 7), clocks, clocks, st.integers(1, 100)).filter(
    lambda window: window.starts != window.ends
)


def minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


@given(amount=st.integers(0, 10**12), percent=st.integers(0, 100))
def test_a_discount_is_right_to_half_a_unit_and_never_more_than_the_amount(amount: int, percent: int) -> None:
    off = rules.discount(amount, percent=percent)
    assert 0 <= off <= amount
    assert -50 < off * 100 - amount * percent <= 50


@given(amount=st.integers(0, 10**9), percents=st.lists(st.integers(0, 100), min_size=2, max_size=2))
def test_more_percent_never_give_less(amount: int, percents: list[int]) -> None:
    less, more = sorted(percents)
    assert rules.discount(amount, percent=less) <= rules.discount(amount, percent=more)


@given(window=windows)
def test_a_week_has_as_many_happy_minutes_as_the_window_is_long(window: Window) -> None:
    monday = datetime(2026, 1, 5)
    happy = [moment for n in range(7 * 24 * 60) if window.holds(moment := monday + n * MINUTE)]
    assert len(happy) == (minutes(window.ends) - minutes(window.starts)) % (24 * 60)
    starts = [moment for moment in happy if moment.time() == window.starts]
    assert [moment.isoweekday() for moment in starts] == [window.weekday]


@given(chosen=st.lists(windows, max_size=5), moment=st.datetimes())
def test_of_several_the_best_counts(chosen: list[Window], moment: datetime) -> None:
    running = [window.percent_off for window in chosen if window.holds(moment)]
    assert rules.percent_at(chosen, moment) == (max(running) if running else 0)


def test_a_window_across_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    friday_night = Window(5, time(22), time(2), 20)
    friday = datetime(2026, 1, 9)
    held = [friday_night.holds(friday + timedelta(hours=hours)) for hours in (1, 21.99, 22, 25.99, 26, 49)]
    assert held == [False, False, True, True, False, False]
    sunday_night = Window(7, time(23), time(1), 20)
    assert sunday_night.holds(datetime(2026, 1, 12, 0, 30))  # a Monday


def happy_minutes(window: Window, day: datetime) -> int:
    """Return how many minutes a window lasts in the day that begins at an instant in New York."""
    instants = (day + n * MINUTE for n in range(26 * 60))
    return sum(window.holds(instant.astimezone(NEW_YORK)) for instant in instants)


def test_an_hour_that_the_clocks_repeat_is_happy_twice_and_one_that_they_skip_never() -> None:
    early = Window(7, time(1), time(3), 20)
    assert happy_minutes(early, datetime(2026, 11, 1, 4, tzinfo=UTC)) == 180  # back by an hour at two
    assert happy_minutes(early, datetime(2026, 3, 8, 5, tzinfo=UTC)) == 60  # on by an hour at two
    assert happy_minutes(early, datetime(2026, 1, 11, 5, tzinfo=UTC)) == 120


@given(amounts=st.lists(st.integers(-1000, 1000), max_size=5), others=st.integers(-1000, 1000))
def test_what_was_given_is_what_our_own_adjustments_took_off(amounts: list[int], others: int) -> None:
    def adjustment(amount: int, plugin: str) -> Adjustment:
        return Adjustment(code="X", amount=Money(amount=amount, currency="USD"), plugin=plugin)

    adjustments = [adjustment(others, "loyalty"), *(adjustment(amount, "ours") for amount in amounts)]
    found = rules.given_by(adjustments, plugin="ours", code="X")
    assert (found.amount if found else 0) == max(0, -sum(amounts))
