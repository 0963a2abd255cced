"""The menu files make a chain that the API will take."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from harbor_table.menus import brands
from harbor_table.seed import _item
from oms_menu.rules import check_item


def test_two_brands_and_three_locations_in_three_zones() -> None:
    sheets = brands()
    places = [place for sheet in sheets for place in sheet.locations]
    assert len(sheets) == 2
    assert len({ZoneInfo(place.time_zone).key for place in places}) == len(places) == 3


def test_the_menu_plugin_accepts_every_item() -> None:
    for sheet in brands():
        assert [check_item(_item("brd_x", sheet.currency, item)) for item in sheet.items] == [[]] * len(
            sheet.items
        )


def test_local_terms_speak_of_items_that_are_there() -> None:
    for sheet in brands():
        sold = {(item.name, variation) for item in sheet.items for variation in item.variations}
        for place in sheet.locations:
            local = [(item, name) for item, names in place.prices.items() for name in names]
            local += [(item, name) for item, names in place.sold_out.items() for name in names]
            assert set(local) <= sold


def test_every_brand_has_stations_and_things_that_nobody_makes() -> None:
    for sheet in brands():
        stations = {item.station for item in sheet.items}
        assert "" in stations
        assert len(stations) >= 4
