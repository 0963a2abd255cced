from __future__ import annotations

import pytest

from oms_menu import fields, rules
from oms_protos.menu.v1 import CreateItemRequest, NewVariation, UpdateItemRequest
from oms_protos.types.v1 import Money


def item(**changed: object) -> CreateItemRequest:
    variation = NewVariation(name="Large", price=Money(amount=500, currency="USD"))
    fields: dict[str, object] = {"brand_id": "brd_1", "name": "Ramen", "variations": [variation]}
    return CreateItemRequest(**(fields | changed))


def fields_of(request: CreateItemRequest) -> list[str]:
    return [violation.field for violation in rules.check_item(request)]


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
            (Money(amount=fields.HIGHEST_AMOUNT + 1, currency="USD"), "price.amount"),
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
