"""Items ask groups, and the menu of a location shows them."""

from __future__ import annotations

import pytest

from oms_protos.menu.v1 import (
    BatchGetItemsRequest,
    GetItemRequest,
    ItemModifierGroups,
    ModifierGroup,
    ModifierPrice,
    SetModifierAvailabilityRequest,
    SetModifierPriceRequest,
    UpdateItemRequest,
)
from oms_protos.types.v1 import Money
from oms_wire.errors import InvalidArgument
from tests.shop import Shop, price

from .asking import ask, bowl, menu_of, rewrite, written


class TestItems:
    async def test_an_item_asks_its_groups_with_its_own_limits_and_prices(
        self, shop: Shop, toppings: ModifierGroup, sides: ModifierGroup
    ) -> None:
        own = [ModifierPrice(modifier_id=toppings.modifiers[0].modifier_id, price=price(0))]
        asks = [ask(toppings, min=1, max=0, prices=own), ask(sides)]
        item = await bowl(shop, *asks)
        assert item.modifier_groups == asks
        assert await shop.menu.get_item(GetItemRequest(item_id=item.item_id)) == item
        kept = await shop.menu.update_item(UpdateItemRequest(item_id=item.item_id, version=1, name="Box"))
        assert kept.modifier_groups == asks
        only = ItemModifierGroups(modifier_groups=[ask(sides, min=0)])
        changed = await shop.menu.update_item(
            UpdateItemRequest(item_id=item.item_id, version=2, modifier_groups=only)
        )
        assert (changed.modifier_groups, changed.name) == ([ask(sides, min=0)], "Box")
        none = ItemModifierGroups()
        bare = await shop.menu.update_item(
            UpdateItemRequest(item_id=item.item_id, version=3, modifier_groups=none)
        )
        assert bare.modifier_groups == []

    async def test_its_own_terms_go_with_the_group(self, shop: Shop, toppings: ModifierGroup) -> None:
        egg, _ = toppings.modifiers
        for own, field in (
            ({"min": 4}, "max"),
            ({"min": 4, "max": 0}, "min"),
            ({"max": 1000}, "max"),
            ({"prices": [ModifierPrice(modifier_id="mod_x", price=price(1))]}, "prices[0].modifier_id"),
            (
                {
                    "prices": [
                        ModifierPrice(modifier_id=egg.modifier_id, price=Money(amount=1, currency="EUR"))
                    ]
                },
                "prices[0].price.currency",
            ),
        ):
            with pytest.raises(InvalidArgument) as caught:
                await bowl(shop, ask(toppings, **own))
            assert [one.field for one in caught.value.violations] == [f"modifier_groups[0].{field}"]

    async def test_a_group_does_not_change_under_an_item_that_relies_on_it(
        self, shop: Shop, toppings: ModifierGroup
    ) -> None:
        item = await bowl(shop, ask(toppings, min=3))
        with pytest.raises(InvalidArgument) as caught:
            await rewrite(shop, toppings, written(toppings)[0])
        assert f"Bowl ({item.item_id})" in caught.value.message
        assert "at least 3" in caught.value.message

    async def test_several_are_read_at_once_with_every_group_below(
        self, shop: Shop, toppings: ModifierGroup, sides: ModifierGroup
    ) -> None:
        item = await bowl(shop, ask(sides))
        request = BatchGetItemsRequest(location_id=shop.pier, item_ids=[item.item_id, shop.cola.item_id])
        answer = await shop.menu.batch_get_items(request)
        assert answer.modifier_groups == sorted([toppings, sides], key=lambda group: group.group_id)
        assert answer.modifier_groups[0].modifiers
        other = BatchGetItemsRequest(location_id=shop.airport, item_ids=[item.item_id])
        assert (await shop.menu.batch_get_items(other)).modifier_groups == []


class TestMenu:
    async def test_shows_what_holds_here(
        self, shop: Shop, toppings: ModifierGroup, sides: ModifierGroup
    ) -> None:
        egg, nori = toppings.modifiers
        own = [ModifierPrice(modifier_id=one.modifier_id, price=price(20)) for one in (egg, nori)]
        item = await bowl(shop, ask(sides), ask(toppings, max=1, prices=own))
        for request in (
            SetModifierPriceRequest(location_id=shop.pier, modifier_id=egg.modifier_id, price=price(180)),
        ):
            assert (await shop.menu.set_modifier_price(request)).price == price(180)
        off = SetModifierAvailabilityRequest(
            location_id=shop.pier, modifier_id=nori.modifier_id, available=False
        )
        assert not (await shop.menu.set_modifier_availability(off)).available
        menu = await menu_of(shop)
        [shown] = [one for one in menu.items if one.item_id == item.item_id]
        assert [(one.group_id, one.min, one.max) for one in shown.modifier_groups] == [
            (sides.group_id, 1, 1),
            (toppings.group_id, 0, 1),
        ]
        assert [one.price for one in shown.modifier_groups[1].prices] == [price(180), price(20)]
        groups = {group.name: group for group in menu.modifier_groups}
        assert {name: (group.min, group.max) for name, group in groups.items()} == {
            "Sides": (1, 1),
            "Toppings": (0, 3),
        }
        assert [(one.name, one.price, one.available) for one in groups["Toppings"].modifiers] == [
            ("Egg", price(180), True),
            ("Nori", price(100), False),
        ]
        assert [one.station for one in groups["Toppings"].modifiers] == ["grill", ""]
        assert groups["Sides"].modifiers[0].group_ids == [toppings.group_id]

    async def test_a_group_that_nothing_opens_is_not_shown(self, shop: Shop, sides: ModifierGroup) -> None:
        assert (await menu_of(shop)).modifier_groups == []
        await bowl(shop, ask(sides))
        assert len((await menu_of(shop)).modifier_groups) == 2
