"""Groups, items that ask them, and what guests choose, through the API."""

from __future__ import annotations

import pytest

from oms_protos.menu.v1 import (
    CreateItemRequest,
    CreateModifierGroupRequest,
    GetMenuRequest,
    Item,
    ItemModifierGroup,
    LineRequest,
    Menu,
    ModifierGroup,
    ModifierRequest,
    NewModifier,
    NewModifiers,
    NewVariation,
    PricedLine,
    PriceLinesRequest,
    UpdateModifierGroupRequest,
)
from oms_wire.errors import RpcError
from tests.shop import Shop, price


def option(name: str, amount: int = 0, *opens: ModifierGroup, **more: object) -> NewModifier:
    group_ids = [group.group_id for group in opens]
    return NewModifier(name=name, price=price(amount), group_ids=group_ids, **more)  # type: ignore[arg-type]


async def new_group(shop: Shop, name: str, *options: NewModifier, **limits: int) -> ModifierGroup:
    request = CreateModifierGroupRequest(brand_id=shop.noodles, name=name, modifiers=list(options), **limits)
    return await shop.menu.create_modifier_group(request)


def written(group: ModifierGroup) -> list[NewModifier]:
    """Return a group's options as they are written back."""
    return [
        NewModifier(
            modifier_id=one.modifier_id,
            name=one.name,
            price=one.price,
            max_quantity=one.max_quantity,
            group_ids=one.group_ids,
            station=one.station,
        )
        for one in group.modifiers
    ]


async def rewrite(shop: Shop, group: ModifierGroup, *options: NewModifier, **more: object) -> ModifierGroup:
    modifiers = NewModifiers(modifiers=list(options)) if options else None
    request = UpdateModifierGroupRequest(
        group_id=group.group_id,
        version=group.version,
        modifiers=modifiers,
        **more,  # type: ignore[arg-type]
    )
    return await shop.menu.update_modifier_group(request)


async def bowl(shop: Shop, *asks: ItemModifierGroup) -> Item:
    request = CreateItemRequest(
        brand_id=shop.noodles,
        name="Bowl",
        station="wok",
        variations=[NewVariation(name="One", price=price(1000))],
        modifier_groups=list(asks),
    )
    return await shop.menu.create_item(request)


def ask(group: ModifierGroup, **own: object) -> ItemModifierGroup:
    return ItemModifierGroup(group_id=group.group_id, **own)  # type: ignore[arg-type]


def pick(group: ModifierGroup, place: int = 0, *below: ModifierRequest, **more: int) -> ModifierRequest:
    return ModifierRequest(modifier_id=group.modifiers[place].modifier_id, modifiers=list(below), **more)


async def priced(shop: Shop, item: Item, *chosen: ModifierRequest, location_id: str = "") -> PricedLine:
    line = LineRequest(variation_id=item.variations[0].variation_id, quantity=2, modifiers=list(chosen))
    request = PriceLinesRequest(location_id=location_id or shop.pier, lines=[line])
    answer = await shop.menu.price_lines(request)
    assert answer.total == answer.lines[0].total
    assert answer.menu_version == (await menu_of(shop, location_id)).menu_version
    return answer.lines[0]


async def menu_of(shop: Shop, location_id: str = "") -> Menu:
    return await shop.menu.get_menu(GetMenuRequest(location_id=location_id or shop.pier))


async def refused(shop: Shop, item: Item, *chosen: ModifierRequest) -> RpcError:
    with pytest.raises(RpcError) as caught:
        await priced(shop, item, *chosen)
    return caught.value
