from __future__ import annotations

import asyncio

import pytest

from oms_protos.identity.v1 import CreateLocationRequest
from oms_protos.menu.v1 import (
    BatchGetItemsRequest,
    CreateItemRequest,
    GetItemRequest,
    GetMenuRequest,
    Item,
    LineRequest,
    Menu,
    MenuClient,
    NewVariation,
    PriceLinesRequest,
    SetAvailabilityRequest,
    SetPriceRequest,
    UpdateItemRequest,
)
from oms_protos.types.v1 import Money
from oms_wire.errors import Aborted, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from tests.shop import Shop, open_shop, price


async def menu_of(shop: Shop, location_id: str = "") -> Menu:
    return await shop.menu.get_menu(GetMenuRequest(location_id=location_id or shop.pier))


async def prices_of(shop: Shop, location_id: str = "") -> dict[str, list[int]]:
    menu = await menu_of(shop, location_id)
    return {
        item.name: [one.price.amount for one in item.variations if one.price is not None]
        for item in menu.items
    }


def first(item: Item) -> str:
    return item.variations[0].variation_id


class TestItems:
    async def test_an_item_is_read_as_it_was_written(self, shop: Shop) -> None:
        assert await shop.menu.get_item(GetItemRequest(item_id=shop.ramen.item_id)) == shop.ramen
        assert [variation.name for variation in shop.ramen.variations] == ["Small", "Large"]

    async def test_an_update_changes_what_is_sent_and_nothing_else(self, shop: Shop) -> None:
        changed = await shop.menu.update_item(
            UpdateItemRequest(item_id=shop.ramen.item_id, version=1, name="Shoyu Ramen")
        )
        assert (changed.name, changed.station, changed.version) == ("Shoyu Ramen", "wok", 2)
        assert changed.variations == shop.ramen.variations
        without = await shop.menu.update_item(
            UpdateItemRequest(item_id=shop.ramen.item_id, version=2, station="")
        )
        assert (without.name, without.station) == ("Shoyu Ramen", "")

    async def test_of_two_writers_of_one_version_one_wins(self, shop: Shop) -> None:
        requests = [
            UpdateItemRequest(item_id=shop.ramen.item_id, version=1, name=name) for name in ("One", "Other")
        ]
        answers = await asyncio.gather(*map(shop.menu.update_item, requests), return_exceptions=True)
        [winner] = [answer for answer in answers if isinstance(answer, Item)]
        [loser] = [answer for answer in answers if isinstance(answer, Aborted)]
        assert loser.code == "VERSION_MISMATCH"
        assert loser.details == {"sent": "1", "current": "2"}
        assert (await shop.menu.get_item(GetItemRequest(item_id=shop.ramen.item_id))).name == winner.name

    async def test_an_item_belongs_to_a_brand(self, shop: Shop) -> None:
        variation = NewVariation(name="One", price=price(1))
        request = CreateItemRequest(brand_id=shop.pier, name="Soup", variations=[variation])
        with pytest.raises(InvalidArgument) as caught:
            await shop.menu.create_item(request)
        assert [violation.field for violation in caught.value.violations] == ["brand_id"]

    @pytest.mark.parametrize("item_id", ["itm_none", "x"])
    async def test_no_item_is_not_found(self, shop: Shop, item_id: str) -> None:
        with pytest.raises(NotFound) as caught:
            await shop.menu.get_item(GetItemRequest(item_id=item_id))
        assert caught.value.code == "ITEM_NOT_FOUND"

    async def test_another_chain_s_item_is_not_found(self, shop: Shop) -> None:
        neighbour = await open_shop(shop.running)
        with pytest.raises(NotFound):
            await neighbour.menu.get_item(GetItemRequest(item_id=shop.ramen.item_id))

    async def test_several_are_read_at_once_as_far_as_the_location_has_them(self, shop: Shop) -> None:
        ids = [shop.ramen.item_id, shop.cola.item_id, "itm_none"]
        at_pier = await shop.menu.batch_get_items(BatchGetItemsRequest(location_id=shop.pier, item_ids=ids))
        assert at_pier.items == sorted([shop.ramen, shop.cola], key=lambda item: item.item_id)
        request = BatchGetItemsRequest(location_id=shop.airport, item_ids=ids)
        assert (await shop.menu.batch_get_items(request)).items == []

    async def test_a_manager_of_the_other_brand_may_not_change_it(self, shop: Shop) -> None:
        manager = shop.running.client(MenuClient, tenant=shop.chain_id, role="manager", node=shop.burgers)
        with pytest.raises(PermissionDenied):
            await manager.update_item(UpdateItemRequest(item_id=shop.ramen.item_id, version=1, name="Mine"))


class TestOffers:
    async def test_a_location_s_price_is_its_own_and_may_be_dropped(self, shop: Shop) -> None:
        at_pier = SetPriceRequest(location_id=shop.pier, variation_id=first(shop.cola), price=price(300))
        assert (await shop.menu.set_price(at_pier)).price == price(300)
        assert (await prices_of(shop))["Cola"] == [300]
        assert (await prices_of(shop, shop.market))["Cola"] == [250]
        dropped = SetPriceRequest(location_id=shop.pier, variation_id=first(shop.cola))
        assert (await shop.menu.set_price(dropped)).price == price(250)
        assert (await prices_of(shop))["Cola"] == [250]

    async def test_a_price_of_nothing_is_a_price(self, shop: Shop) -> None:
        free = SetPriceRequest(location_id=shop.pier, variation_id=first(shop.cola), price=price(0))
        assert (await shop.menu.set_price(free)).price == price(0)
        assert (await prices_of(shop))["Cola"] == [0]

    async def test_what_is_eighty_sixed_is_shown_and_not_sold(self, shop: Shop) -> None:
        off = SetAvailabilityRequest(location_id=shop.pier, variation_id=first(shop.ramen), available=False)
        assert not (await shop.menu.set_availability(off)).available
        menu = await menu_of(shop)
        shown = {one.variation_id: one.available for item in menu.items for one in item.variations}
        assert [shown[one.variation_id] for one in shop.ramen.variations] == [False, True]
        lines = [LineRequest(variation_id=first(shop.ramen), quantity=1)]
        with pytest.raises(FailedPrecondition) as caught:
            await shop.menu.price_lines(PriceLinesRequest(location_id=shop.pier, lines=lines))
        assert caught.value.code == "ITEM_UNAVAILABLE"
        assert (await shop.menu.price_lines(PriceLinesRequest(location_id=shop.market, lines=lines))).lines
        back = SetAvailabilityRequest(location_id=shop.pier, variation_id=first(shop.ramen), available=True)
        await shop.menu.set_availability(back)
        assert (await shop.menu.price_lines(PriceLinesRequest(location_id=shop.pier, lines=lines))).lines

    async def test_a_price_is_in_the_location_s_currency(self, shop: Shop) -> None:
        euros = Money(amount=300, currency="EUR")
        with pytest.raises(InvalidArgument) as caught:
            await shop.menu.set_price(
                SetPriceRequest(location_id=shop.pier, variation_id=first(shop.cola), price=euros)
            )
        assert caught.value.code == "CURRENCY_MISMATCH"
        assert [violation.field for violation in caught.value.violations] == ["price.currency"]

    async def test_another_brand_s_location_has_no_such_variation(self, shop: Shop) -> None:
        with pytest.raises(NotFound) as caught:
            await shop.menu.set_price(
                SetPriceRequest(location_id=shop.airport, variation_id=first(shop.cola), price=price(1))
            )
        assert caught.value.code == "VARIATION_NOT_FOUND"

    async def test_a_location_abroad_sells_what_has_a_price_there(self, shop: Shop) -> None:
        abroad = await shop.identity.create_location(
            CreateLocationRequest(
                brand_id=shop.noodles, name="Speicherstadt", time_zone="Europe/Berlin", currency="EUR"
            )
        )
        assert await prices_of(shop, abroad.node_id) == {}
        euros = Money(amount=280, currency="EUR")
        await shop.menu.set_price(
            SetPriceRequest(location_id=abroad.node_id, variation_id=first(shop.cola), price=euros)
        )
        assert await prices_of(shop, abroad.node_id) == {"Cola": [280]}
        lines = [LineRequest(variation_id=first(one), quantity=1) for one in (shop.cola, shop.ramen)]
        with pytest.raises(FailedPrecondition) as caught:
            await shop.menu.price_lines(PriceLinesRequest(location_id=abroad.node_id, lines=lines))
        assert [violation.field for violation in caught.value.violations] == ["lines[1].variation_id"]


class TestVersions:
    async def test_each_change_is_one_version_and_one_event(self, shop: Shop) -> None:
        before = (await menu_of(shop)).menu_version
        await shop.menu.update_item(UpdateItemRequest(item_id=shop.ramen.item_id, version=1, name="Ramen"))
        await shop.menu.set_price(
            SetPriceRequest(location_id=shop.market, variation_id=first(shop.cola), price=price(1))
        )
        await shop.menu.set_availability(
            SetAvailabilityRequest(location_id=shop.pier, variation_id=first(shop.cola), available=False)
        )
        assert (await menu_of(shop)).menu_version == before + 3
        found = await shop.running.sql(
            "select aggregate_version from oms.event_log where type = 'menu.menu_changed'"
            " and aggregate_id = $1 order by 1",
            shop.noodles,
        )
        assert [row["aggregate_version"] for row in found] == list(range(1, before + 4))

    async def test_setting_what_is_set_already_changes_nothing(self, shop: Shop) -> None:
        request = SetPriceRequest(location_id=shop.pier, variation_id=first(shop.cola), price=price(300))
        await shop.menu.set_price(request)
        before = (await menu_of(shop)).menu_version
        await shop.menu.set_price(request)
        await shop.menu.set_availability(
            SetAvailabilityRequest(location_id=shop.pier, variation_id=first(shop.cola), available=True)
        )
        assert (await menu_of(shop)).menu_version == before

    async def test_writers_at_once_leave_no_gap(self, shop: Shop) -> None:
        before = (await menu_of(shop)).menu_version
        await asyncio.gather(
            *(
                shop.menu.set_price(
                    SetPriceRequest(
                        location_id=location_id, variation_id=variation.variation_id, price=price(number)
                    )
                )
                for number, location_id in enumerate([shop.pier, shop.market] * 3)
                for variation in (*shop.ramen.variations, *shop.cola.variations)
            )
        )
        found = await shop.running.sql(
            "select aggregate_version from oms.event_log where aggregate_id = $1 order by 1", shop.noodles
        )
        versions = [row["aggregate_version"] for row in found]
        assert versions == list(range(1, (await menu_of(shop)).menu_version + 1))
        assert versions[-1] > before


class TestPriceLines:
    async def test_prices_each_line_at_this_location(self, shop: Shop) -> None:
        lines = [
            LineRequest(variation_id=first(shop.ramen), quantity=2),
            LineRequest(variation_id=first(shop.cola), quantity=1),
            LineRequest(variation_id=first(shop.ramen), quantity=1),
        ]
        answer = await shop.menu.price_lines(PriceLinesRequest(location_id=shop.pier, lines=lines))
        assert [line.total for line in answer.lines] == [price(1800), price(250), price(900)]
        assert answer.total == price(2950)
        assert answer.menu_version == (await menu_of(shop)).menu_version
        assert [line.station for line in answer.lines] == ["wok", "", "wok"]

    async def test_another_brand_s_location_knows_none_of_it(self, shop: Shop) -> None:
        lines = [LineRequest(variation_id=first(shop.ramen), quantity=1)]
        with pytest.raises(InvalidArgument) as caught:
            await shop.menu.price_lines(PriceLinesRequest(location_id=shop.airport, lines=lines))
        assert caught.value.code == "UNKNOWN_VARIATION"

    async def test_an_empty_menu_has_version_0(self, shop: Shop) -> None:
        assert (await menu_of(shop, shop.airport)) == Menu(location_id=shop.airport)
