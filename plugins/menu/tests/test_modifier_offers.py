"""What locations charge for options, and what they have run out of."""

from __future__ import annotations

import pytest

from oms_protos.identity.v1 import CreateLocationRequest
from oms_protos.menu.v1 import (
    CreateItemRequest,
    ModifierGroup,
    ModifierPrice,
    NewVariation,
    SetModifierAvailabilityRequest,
    SetModifierPriceRequest,
)
from oms_protos.types.v1 import Money
from oms_wire.errors import InvalidArgument, NotFound
from tests.shop import Shop, price

from .asking import ask, bowl, menu_of, pick, priced, rewrite


class TestOffers:
    async def test_the_location_s_price_is_first_then_the_item_s_then_the_option_s(
        self, shop: Shop, toppings: ModifierGroup
    ) -> None:
        egg = toppings.modifiers[0].modifier_id
        plain = await bowl(shop, ask(toppings))
        own = await bowl(shop, ask(toppings, prices=[ModifierPrice(modifier_id=egg, price=price(20))]))
        assert [(await priced(shop, item, pick(toppings))).unit_price for item in (plain, own)] == [
            price(1150),
            price(1020),
        ]
        await shop.menu.set_modifier_price(
            SetModifierPriceRequest(location_id=shop.pier, modifier_id=egg, price=price(0))
        )
        assert [(await priced(shop, item, pick(toppings))).unit_price for item in (plain, own)] == [
            price(1000),
            price(1000),
        ]
        at_market = await priced(shop, own, pick(toppings), location_id=shop.market)
        assert at_market.unit_price == price(1020)
        dropped = SetModifierPriceRequest(location_id=shop.pier, modifier_id=egg)
        assert (await shop.menu.set_modifier_price(dropped)).price is None
        assert (await priced(shop, own, pick(toppings))).unit_price == price(1020)

    async def test_a_price_is_in_the_location_s_currency(self, shop: Shop, sides: ModifierGroup) -> None:
        euros = Money(amount=1, currency="EUR")
        rice = sides.modifiers[0].modifier_id
        with pytest.raises(InvalidArgument) as caught:
            await shop.menu.set_modifier_price(
                SetModifierPriceRequest(location_id=shop.pier, modifier_id=rice, price=euros)
            )
        assert caught.value.code == "CURRENCY_MISMATCH"

    async def test_a_location_abroad_offers_what_has_a_price_there(
        self, shop: Shop, toppings: ModifierGroup
    ) -> None:
        abroad = await shop.identity.create_location(
            CreateLocationRequest(
                brand_id=shop.noodles, name="Wien", time_zone="Europe/Vienna", currency="EUR"
            )
        )
        egg = toppings.modifiers[0].modifier_id
        euros = Money(amount=120, currency="EUR")
        await shop.menu.set_modifier_price(
            SetModifierPriceRequest(location_id=abroad.node_id, modifier_id=egg, price=euros)
        )
        variation = NewVariation(name="One", price=euros)
        request = CreateItemRequest(
            brand_id=shop.noodles, name="Box", variations=[variation], modifier_groups=[ask(toppings)]
        )
        item = await shop.menu.create_item(request)
        [group] = (await menu_of(shop, abroad.node_id)).modifier_groups
        assert [(one.name, one.price) for one in group.modifiers] == [("Egg", euros)]
        answer = await priced(shop, item, pick(toppings), location_id=abroad.node_id)
        assert answer.unit_price == Money(amount=240, currency="EUR")

    async def test_another_brand_s_location_has_no_such_modifier(
        self, shop: Shop, sides: ModifierGroup
    ) -> None:
        request = SetModifierAvailabilityRequest(
            location_id=shop.airport, modifier_id=sides.modifiers[0].modifier_id
        )
        with pytest.raises(NotFound) as caught:
            await shop.menu.set_modifier_availability(request)
        assert caught.value.code == "MODIFIER_NOT_FOUND"

    async def test_each_change_is_one_version_and_one_event(self, shop: Shop, sides: ModifierGroup) -> None:
        before = (await menu_of(shop)).menu_version
        rice = sides.modifiers[0].modifier_id
        request = SetModifierPriceRequest(location_id=shop.pier, modifier_id=rice, price=price(5))
        await shop.menu.set_modifier_price(request)
        await shop.menu.set_modifier_price(request)
        off = SetModifierAvailabilityRequest(location_id=shop.pier, modifier_id=rice, available=False)
        await shop.menu.set_modifier_availability(off)
        await shop.menu.set_modifier_availability(off)
        await rewrite(shop, sides, name="Side")
        await bowl(shop, ask(sides))
        assert (await menu_of(shop)).menu_version == before + 4
        found = await shop.running.sql(
            "select aggregate_version from oms.event_log where type = 'menu.menu_changed'"
            " and aggregate_id = $1 order by 1",
            shop.noodles,
        )
        assert [row["aggregate_version"] for row in found] == list(range(1, before + 5))
