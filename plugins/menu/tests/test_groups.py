"""Modifier groups are written, read and changed."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from oms_protos.menu.v1 import (
    CreateModifierGroupRequest,
    GetItemRequest,
    GetModifierGroupRequest,
    ItemModifierGroups,
    ModifierGroup,
    ModifierPrice,
    NewModifier,
    SetModifierPriceRequest,
    UpdateItemRequest,
)
from oms_wire.errors import Aborted, InvalidArgument, NotFound, RpcError
from tests.shop import Shop, open_shop, price

from .asking import ask, bowl, menu_of, new_group, option, pick, refused, rewrite, written


class TestWriting:
    async def test_a_group_is_read_as_it_was_written(self, shop: Shop, sides: ModifierGroup) -> None:
        request = GetModifierGroupRequest(group_id=sides.group_id)
        assert await shop.menu.get_modifier_group(request) == sides
        assert [(one.name, one.price, one.max_quantity) for one in sides.modifiers] == [
            ("Rice", price(200), 1),
            ("Soup", price(300), 1),
        ]
        assert (sides.min, sides.max, sides.version, sides.brand_id) == (1, 1, 1, shop.noodles)

    async def test_an_update_changes_what_is_sent_and_nothing_else(
        self, shop: Shop, toppings: ModifierGroup
    ) -> None:
        changed = await rewrite(shop, toppings, name="Extras")
        assert changed == replace(toppings, name="Extras", version=2)
        assert (await rewrite(shop, changed, max=0, min=1)).modifiers == toppings.modifiers

    async def test_options_are_kept_by_id_in_the_order_they_are_sent(
        self, shop: Shop, toppings: ModifierGroup
    ) -> None:
        egg, nori = written(toppings)
        changed = await rewrite(shop, toppings, option("Corn", 50), nori, replace(egg, price=price(175)))
        assert [one.name for one in changed.modifiers] == ["Corn", "Nori", "Egg"]
        assert changed.modifiers[1:] == [
            toppings.modifiers[1],
            replace(toppings.modifiers[0], price=price(175)),
        ]
        request = GetModifierGroupRequest(group_id=toppings.group_id)
        assert await shop.menu.get_modifier_group(request) == changed

    async def test_an_option_that_leaves_takes_prices_along(
        self, shop: Shop, toppings: ModifierGroup
    ) -> None:
        egg, nori = toppings.modifiers
        own = [ModifierPrice(modifier_id=one.modifier_id, price=price(1)) for one in (egg, nori)]
        item = await bowl(shop, ask(toppings, prices=own))
        here = SetModifierPriceRequest(location_id=shop.pier, modifier_id=egg.modifier_id, price=price(9))
        await shop.menu.set_modifier_price(here)
        await rewrite(shop, toppings, written(toppings)[1])
        left = await shop.menu.get_item(GetItemRequest(item_id=item.item_id))
        assert left.modifier_groups == [ask(toppings, prices=own[1:])]
        assert left.version == 2
        assert (await refused(shop, item, pick(toppings))).code == "UNKNOWN_MODIFIER"
        with pytest.raises(NotFound) as caught:
            await shop.menu.set_modifier_price(here)
        assert caught.value.code == "MODIFIER_NOT_FOUND"

    async def test_of_two_writers_of_one_version_one_wins(self, shop: Shop, toppings: ModifierGroup) -> None:
        writes = [rewrite(shop, toppings, name=name) for name in ("One", "Other")]
        answers = await asyncio.gather(*writes, return_exceptions=True)
        [loser] = [answer for answer in answers if isinstance(answer, Aborted)]
        assert (loser.code, loser.details) == ("VERSION_MISMATCH", {"sent": "1", "current": "2"})

    @pytest.mark.parametrize("group_id", ["grp_none", "x"])
    async def test_no_group_is_not_found(self, shop: Shop, group_id: str) -> None:
        with pytest.raises(NotFound) as caught:
            await shop.menu.get_modifier_group(GetModifierGroupRequest(group_id=group_id))
        assert caught.value.code == "MODIFIER_GROUP_NOT_FOUND"

    async def test_another_chain_s_group_is_not_found(self, shop: Shop, sides: ModifierGroup) -> None:
        neighbour = await open_shop(shop.running)
        with pytest.raises(NotFound):
            await neighbour.menu.get_modifier_group(GetModifierGroupRequest(group_id=sides.group_id))

    async def test_what_is_opened_is_a_group_of_the_brand(self, shop: Shop, sides: ModifierGroup) -> None:
        foreign = CreateModifierGroupRequest(brand_id=shop.burgers, name="Dips", modifiers=[option("Salsa")])
        dips = await shop.menu.create_modifier_group(foreign)
        bad = NewModifier(name="Chips", price=price(1), group_ids=[sides.group_id, "grp_x", dips.group_id])
        with pytest.raises(InvalidArgument) as caught:
            await new_group(shop, "More", option("None"), bad)
        assert caught.value.code == "UNKNOWN_MODIFIER_GROUP"
        assert [(one.field, one.message) for one in caught.value.violations] == [
            (
                "modifiers[1].group_ids[1]",
                f"UNKNOWN_MODIFIER_GROUP: 'grp_x' is not a modifier group of {shop.noodles}",
            ),
            (
                "modifiers[1].group_ids[2]",
                f"UNKNOWN_MODIFIER_GROUP: '{dips.group_id}' is not a modifier group of {shop.noodles}",
            ),
        ]
        with pytest.raises(InvalidArgument) as caught:
            await bowl(shop, ask(sides), ask(dips))
        assert [one.field for one in caught.value.violations] == ["modifier_groups[1].group_id"]

    async def test_a_circle_is_refused_with_its_names_and_nothing_is_kept(
        self, shop: Shop, toppings: ModifierGroup, sides: ModifierGroup
    ) -> None:
        before = (await menu_of(shop)).menu_version
        with pytest.raises(InvalidArgument) as caught:
            await rewrite(shop, toppings, *written(toppings), option("With a side", 0, sides))
        assert caught.value.code == "MODIFIER_CYCLE"
        [violation] = caught.value.violations
        assert violation.field == "modifiers.modifiers"
        chain = f"({toppings.group_id}) → Sides ({sides.group_id}) → Toppings ({toppings.group_id})"
        assert violation.message.endswith(f"Toppings {chain}")
        assert (await menu_of(shop)).menu_version == before
        request = GetModifierGroupRequest(group_id=toppings.group_id)
        assert await shop.menu.get_modifier_group(request) == toppings

    async def test_two_writers_at_once_close_no_circle(self, shop: Shop) -> None:
        one, other = await new_group(shop, "One", option("A")), await new_group(shop, "Other", option("B"))
        writes = [
            rewrite(shop, one, option("A", 0, other)),
            rewrite(shop, other, option("B", 0, one)),
        ]
        answers = await asyncio.gather(*writes, return_exceptions=True)
        [loser] = [answer for answer in answers if isinstance(answer, RpcError)]
        assert loser.code == "MODIFIER_CYCLE"

    async def test_writers_of_everything_at_once_get_an_answer(
        self, shop: Shop, toppings: ModifierGroup
    ) -> None:
        """Each takes the menu's lock before anything that another may hold."""
        egg, nori = toppings.modifiers
        item = await bowl(shop, ask(toppings))
        work = [
            shop.menu.set_modifier_price(
                SetModifierPriceRequest(
                    location_id=location_id, modifier_id=one.modifier_id, price=price(amount)
                )
            )
            for amount in range(4)
            for location_id in (shop.pier, shop.market)
            for one in (egg, nori)
        ]
        own = [ModifierPrice(modifier_id=egg.modifier_id, price=price(5))]
        asks = ItemModifierGroups(modifier_groups=[ask(toppings, prices=own)])
        work += [
            rewrite(shop, toppings, written(toppings)[1]),
            shop.menu.update_item(UpdateItemRequest(item_id=item.item_id, version=1, modifier_groups=asks)),
            shop.menu.update_item(UpdateItemRequest(item_id=item.item_id, version=1, name="Other")),
        ]
        answers = await asyncio.gather(*work, return_exceptions=True)
        codes = {answer.code for answer in answers if isinstance(answer, RpcError)}
        assert codes <= {"MODIFIER_NOT_FOUND", "VERSION_MISMATCH", "INVALID_FIELD"}
        left = await shop.menu.get_item(GetItemRequest(item_id=item.item_id))
        assert all(group.prices == [] for group in left.modifier_groups)
