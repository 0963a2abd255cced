"""The menu files make a chain that the API will take."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from harbor_table.menus import ItemSheet, brands
from harbor_table.seed import variations_of
from harbor_table.seed_groups import asked, options_of
from oms_menu.asking import check_asked, check_asked_with_groups
from oms_menu.modifiers import check_new_group
from oms_menu.rules import check_item
from oms_protos.menu.v1 import CreateItemRequest, CreateModifierGroupRequest, Modifier, ModifierGroup


def test_two_brands_and_three_locations_in_three_zones() -> None:
    sheets = brands()
    places = [place for sheet in sheets for place in sheet.locations]
    assert len(sheets) == 2
    assert len({ZoneInfo(place.time_zone).key for place in places}) == len(places) == 3


def request(item: ItemSheet, currency: str) -> CreateItemRequest:
    variations = variations_of(item, currency)
    return CreateItemRequest(brand_id="brd_x", name=item.name, station=item.station, variations=variations)


def test_the_menu_plugin_accepts_every_item() -> None:
    for sheet in brands():
        assert [check_item(request(item, sheet.currency)) for item in sheet.items] == [[]] * len(sheet.items)


def test_local_terms_speak_of_items_that_are_there() -> None:
    for sheet in brands():
        sold = {(item.name, variation) for item in sheet.items for variation in item.variations}
        for place in sheet.locations:
            local = [(item, name) for item, names in place.prices.items() for name in names]
            local += [(item, name) for item, names in place.sold_out.items() for name in names]
            assert set(local) <= sold


def test_local_terms_speak_of_options_that_are_there() -> None:
    for sheet in brands():
        there = {(group.name, option.name) for group in sheet.modifier_groups for option in group.options}
        for place in sheet.locations:
            local = [(group, name) for group, names in place.modifier_prices.items() for name in names]
            local += [(group, name) for group, names in place.modifiers_sold_out.items() for name in names]
            assert set(local) <= there


def test_the_menu_plugin_accepts_every_group_and_how_items_ask_them() -> None:
    for sheet in brands():
        written: dict[str, ModifierGroup] = {}
        for group in sheet.modifier_groups:
            options = options_of(group, written, sheet.currency)  # those that are opened stand above
            request = CreateModifierGroupRequest(
                brand_id="brd_x", name=group.name, min=group.min, max=group.max, modifiers=options
            )
            assert check_new_group(request) == []
            modifiers = [
                Modifier(
                    modifier_id=f"{group.name}/{option.name}",
                    name=option.name,
                    price=option.price,
                    max_quantity=option.max_quantity or 0,
                )
                for option in options
            ]
            written[group.name] = ModifierGroup(
                group_id=group.name, name=group.name, min=group.min, max=group.max, modifiers=modifiers
            )
        for item in sheet.items:
            asks = [asked(one, written, sheet.currency) for one in item.asks]
            assert check_asked(asks, field="asks") == []
            assert check_asked_with_groups(asks, written, field="asks") == []
        opened = {
            name for group in sheet.modifier_groups for option in group.options for name in option.opens
        }
        assert {one.group for item in sheet.items for one in item.asks} | opened == set(written)


def test_every_brand_has_stations_and_things_that_nobody_makes() -> None:
    for sheet in brands():
        stations = {item.station for item in sheet.items}
        assert "" in stations
        assert len(stations) >= 4
