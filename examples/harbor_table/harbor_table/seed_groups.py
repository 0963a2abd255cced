"""Modifier groups of the menu files, written through the API and asked by items."""

from __future__ import annotations

from collections.abc import Mapping

from harbor_table.menus import AskedSheet, BrandSheet, GroupSheet, LocationSheet, OptionSheet
from oms_sdk import (
    AsyncOMS,
    ItemModifierGroup,
    Menu,
    MenuModifierGroup,
    ModifierGroup,
    ModifierPrice,
    Money,
    NewModifier,
    Node,
)

Groups = Mapping[str, ModifierGroup | MenuModifierGroup]
"""By name."""


async def write_groups(owner: AsyncOMS, brand: Node, sheet: BrandSheet, menu: Menu) -> Groups:
    """Write the groups that are not on the menu yet, and return all of the brand's."""
    groups: dict[str, ModifierGroup | MenuModifierGroup] = {
        group.name: group for group in menu.modifier_groups
    }
    for group in sheet.modifier_groups:
        groups[group.name] = groups.get(group.name) or await owner.menu.create_modifier_group(
            brand_id=brand.node_id,
            name=group.name,
            min=group.min,
            max=group.max,
            modifiers=options_of(group, groups, sheet.currency),
            idempotency_key=f"group/{sheet.brand}/{group.name}",
        )
    return groups


def options_of(sheet: GroupSheet, groups: Groups, currency: str) -> list[NewModifier]:
    """Return the options of a group; the ``groups`` that they open are written already."""

    def option(one: OptionSheet) -> NewModifier:
        return NewModifier(
            name=one.name,
            price=Money(amount=one.price, currency=currency),
            max_quantity=one.max_quantity,
            group_ids=[groups[name].group_id for name in one.opens],
            station=one.station,
        )

    return [option(one) for one in sheet.options]


def asked(sheet: AskedSheet, groups: Groups, currency: str) -> ItemModifierGroup:
    """Return a group as an item asks it."""
    group = groups[sheet.group]
    ids = {option.name: option.modifier_id for option in group.modifiers}
    prices = [
        ModifierPrice(modifier_id=ids[name], price=Money(amount=amount, currency=currency))
        for name, amount in sheet.prices.items()
    ]
    return ItemModifierGroup(group_id=group.group_id, min=sheet.min, max=sheet.max, prices=prices)


async def local_options(
    owner: AsyncOMS, node: Node, menu: Menu, place: LocationSheet, *, currency: str
) -> None:
    """Give a location its own prices of options, and take away what it has run out of."""
    ids = {
        (group.name, option.name): option.modifier_id
        for group in menu.modifier_groups
        for option in group.modifiers
    }
    for group, prices in place.modifier_prices.items():
        for name, amount in prices.items():
            own = Money(amount=amount, currency=currency)
            await owner.menu.set_modifier_price(node.node_id, ids[group, name], price=own)
    for group, names in place.modifiers_sold_out.items():
        for name in names:
            await owner.menu.set_modifier_availability(node.node_id, ids[group, name], available=False)
