from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_orders import rules
from oms_protos.orders.v1 import Line, ModifierChoice, PlaceOrderRequest, PriceOrderRequest, ServiceMode

# Zones whose clocks jump at two, at midnight, by half an hour, by a whole day, or never.
ZONES = st.sampled_from(
    [
        "America/New_York",
        "Europe/Berlin",
        "America/Havana",
        "Asia/Beirut",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Asia/Kathmandu",
        "UTC",
    ]
).map(ZoneInfo)
CUTOFFS = st.times(max_value=time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))
INSTANTS = st.integers(1_100_000_000, 2_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
STEPS = st.timedeltas(timedelta(0), timedelta(days=2))
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def basket(**changed: object) -> PlaceOrderRequest:
    fields: dict[str, object] = {
        "location_id": "loc_1",
        "service_mode": ServiceMode.EAT_IN,
        "lines": [Line(variation_id="var_1", quantity=1)],
        "quote_token": "sealed",
        "channel": "web",
    }
    return PlaceOrderRequest(**(fields | changed))


def fields_of(request: PlaceOrderRequest) -> list[str]:
    return [violation.field for violation in rules.check_placement(request, now=NOW)]


class TestBusinessDate:
    @given(at=INSTANTS, later=STEPS, zone=ZONES, cutoff=CUTOFFS)
    def test_never_goes_back(self, at: datetime, later: timedelta, zone: ZoneInfo, cutoff: time) -> None:
        before = rules.business_date(at, zone=zone, cutoff=cutoff)
        after = rules.business_date(at + later, zone=zone, cutoff=cutoff)
        assert before <= after

    @given(at=INSTANTS, zone=ZONES, cutoff=CUTOFFS)
    def test_is_the_local_date_or_a_neighbour_of_it(self, at: datetime, zone: ZoneInfo, cutoff: time) -> None:
        local = at.astimezone(zone)
        assert abs((rules.business_date(at, zone=zone, cutoff=cutoff) - local.date()).days) <= 1

    @given(at=INSTANTS, cutoff=CUTOFFS)
    def test_without_clock_changes_is_the_date_of_so_many_hours_ago(self, at: datetime, cutoff: time) -> None:
        begun = at - timedelta(hours=cutoff.hour, minutes=cutoff.minute)
        assert rules.business_date(at, zone=ZoneInfo("UTC"), cutoff=cutoff) == begun.date()

    @pytest.mark.parametrize(
        ("at", "day"),
        [
            (datetime(2026, 11, 1, 5, 29, tzinfo=UTC), date(2026, 10, 31)),  # 01:29 EDT
            (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), date(2026, 11, 1)),  # 01:30 EDT
            (datetime(2026, 11, 1, 6, 0, tzinfo=UTC), date(2026, 11, 1)),  # 01:00 EST, for the second time
        ],
    )
    def test_a_clock_set_back_over_the_cutoff_begins_one_day(self, at: datetime, day: date) -> None:
        zone = ZoneInfo("America/New_York")
        assert rules.business_date(at, zone=zone, cutoff=time(1, 30)) == day

    @pytest.mark.parametrize(
        ("at", "day"),
        [
            (datetime(2026, 3, 8, 7, 29, tzinfo=UTC), date(2026, 3, 7)),  # 03:29 EDT; 02:30 is left out
            (datetime(2026, 3, 8, 7, 30, tzinfo=UTC), date(2026, 3, 8)),
        ],
    )
    def test_a_cutoff_that_the_clock_leaves_out_comes_as_much_later(self, at: datetime, day: date) -> None:
        zone = ZoneInfo("America/New_York")
        assert rules.business_date(at, zone=zone, cutoff=time(2, 30)) == day

    def test_a_night_belongs_to_the_evening_before_it(self) -> None:
        zone, night = ZoneInfo("Europe/Berlin"), datetime(2026, 6, 2, 0, 30, tzinfo=UTC)
        assert rules.business_date(night, zone=zone, cutoff=time(4)) == date(2026, 6, 1)


class TestChecks:
    def test_a_good_order_passes(self) -> None:
        assert fields_of(basket()) == []

    @pytest.mark.parametrize("quantity", [0, -1, 1000, 10**6])
    def test_a_quantity_out_of_range_is_named_by_its_path(self, quantity: int) -> None:
        lines = [Line(variation_id="var_1", quantity=1), Line(variation_id="var_2", quantity=quantity)]
        assert fields_of(basket(lines=lines)) == ["lines[1].quantity"]

    def test_a_line_needs_a_variation(self) -> None:
        assert fields_of(basket(lines=[Line(quantity=1)])) == ["lines[0].variation_id"]

    @pytest.mark.parametrize("count", [0, 201])
    def test_an_order_has_1_to_200_lines(self, count: int) -> None:
        assert fields_of(basket(lines=[Line(variation_id="var_1", quantity=1)] * count)) == ["lines"]

    @pytest.mark.parametrize("note", ["x" * 201, "bell\x07", "nul\x00"])
    def test_a_bad_note_is_named_but_not_repeated(self, note: str) -> None:
        [violation] = rules.check_placement(
            basket(lines=[Line(variation_id="var_1", quantity=1, note=note)]), now=NOW
        )
        assert violation.field == "lines[0].note"
        assert note not in violation.message

    @pytest.mark.parametrize("channel", ["", "Web", "web shop", "1st", "x" * 41])
    def test_a_channel_is_a_lower_case_word(self, channel: str) -> None:
        assert fields_of(basket(channel=channel)) == ["channel"]

    @pytest.mark.parametrize("external_id", ["x" * 101, "a\nb", "nul\x00"])
    def test_an_external_id_is_short_and_printable(self, external_id: str) -> None:
        assert fields_of(basket(external_id=external_id)) == ["external_id"]

    def test_a_service_mode_is_required(self) -> None:
        assert fields_of(basket(service_mode=ServiceMode.UNSPECIFIED)) == ["service_mode"]

    def test_a_quote_is_required_to_place_but_not_to_price(self) -> None:
        assert fields_of(basket(quote_token="")) == ["quote_token"]
        line = Line(variation_id="var_1", quantity=1)
        request = PriceOrderRequest(location_id="loc_1", service_mode=ServiceMode.TAKEOUT, lines=[line])
        assert rules.check_basket(request) == []

    @pytest.mark.parametrize("reason", ["the guest, Ann, went home", "lower", "9_LIVES", "X" * 65])
    def test_a_reason_is_a_code(self, reason: str) -> None:
        assert [violation.field for violation in rules.check_reason(reason)] == ["reason"]

    @pytest.mark.parametrize("reason", ["", "OUT_OF_ITEMS"])
    def test_a_code_or_nothing_is_a_reason(self, reason: str) -> None:
        assert rules.check_reason(reason) == []

    @pytest.mark.parametrize(
        "at", [NOW, NOW + timedelta(seconds=60), datetime(2000, 1, 1, tzinfo=UTC), NOW - timedelta(days=365)]
    )
    def test_an_order_may_have_been_placed_before(self, at: datetime) -> None:
        assert fields_of(basket(placed_at=at)) == []

    @pytest.mark.parametrize(
        "at", [NOW + timedelta(seconds=61), datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC)]
    )
    def test_but_not_later_than_now_nor_in_another_century(self, at: datetime) -> None:
        assert fields_of(basket(placed_at=at)) == ["placed_at"]

    @pytest.mark.parametrize(
        ("levels", "fields"), [(32, []), (33, ["lines[0].modifiers"]), (5000, ["lines[0].modifiers"])]
    )
    def test_modifiers_of_modifiers_have_an_end(self, levels: int, fields: list[str]) -> None:
        choices: list[ModifierChoice] = []
        for _ in range(levels):
            choices = [ModifierChoice(modifier_id="mod_1", modifiers=choices)]
        assert fields_of(basket(lines=[Line(variation_id="var_1", quantity=1, modifiers=choices)])) == fields
