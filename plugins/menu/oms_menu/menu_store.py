"""The menu of a location, read in one statement: one snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from oms_core.storage import Transaction
from oms_menu.asking import AskedGroup
from oms_menu.line_store import OFFERED, OPTIONS
from oms_menu.options import Option
from oms_menu.pricing import Offered
from oms_protos.identity.v1 import Node
from oms_protos.menu.v1 import (
    ItemModifierGroup,
    Menu,
    MenuItem,
    MenuModifier,
    MenuModifierGroup,
    MenuVariation,
    ModifierPrice,
)
from oms_protos.types.v1 import Money

_MENU = f"""
with recursive sold as materialized ({OFFERED}), opened (group_id) as (
  select jsonb_array_elements(asks) ->> 'group_id' from sold
  union
  select unnest(m.opens) from opened join menu.modifiers m using (group_id)
), options as materialized ({OPTIONS}
  where m.group_id = any(array(select group_id from opened))
)
select
  (select json_agg(s order by s.item_id, s.position)
   from (select sold.*, v.position from sold join menu.variations v using (variation_id)) s) as offered,
  (select json_agg(json_build_object(
            'group_id', g.group_id, 'name', g.name, 'min', g.min_choices, 'max', g.max_choices,
            'options', (select json_agg(o order by o.position) from options o where o.group_id = g.group_id)
          ) order by g.group_id)
   from opened join menu.modifier_groups g using (group_id)) as groups,
  (select b.version from menu.brand_menus b where b.brand_id = $1) as menu_version
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class _Group:
    group_id: str
    name: str
    min: int
    max: int
    options: list[Option] = field(default_factory=list)


_OFFERED_TYPE = msgspec.json.Decoder(list[Offered])
_GROUPS_TYPE = msgspec.json.Decoder(list[_Group])


async def read_menu(tx: Transaction, location: Node) -> Menu:
    """Return the menu of a location: what has a price in its currency, sold out or not."""
    location_id, currency = location.node_id, location.currency
    row = await tx.fetchrow(_MENU, location.parent_id, location_id)
    assert row is not None
    sold = [one for one in _OFFERED_TYPE.decode(row["offered"] or "[]") if one.currency == currency]
    groups = {group.group_id: group for group in _GROUPS_TYPE.decode(row["groups"] or "[]")}
    return Menu(
        location_id=location_id,
        menu_version=row["menu_version"] or 0,
        items=_items(sold, groups),
        modifier_groups=_opened(sold, groups, currency),
    )


def _items(sold: Iterable[Offered], groups: Mapping[str, _Group]) -> list[MenuItem]:
    items: list[MenuItem] = []
    for offer in sold:
        if not items or items[-1].item_id != offer.item_id:
            asks = [_asked(group, groups[group.group_id]) for group in offer.asks]
            items.append(
                MenuItem(item_id=offer.item_id, name=offer.name, station=offer.station, modifier_groups=asks)
            )
        items[-1].variations.append(
            MenuVariation(
                variation_id=offer.variation_id,
                name=offer.variation_name,
                price=Money(amount=offer.amount, currency=offer.currency),
                available=offer.available,
            )
        )
    return items


def _asked(own: AskedGroup, group: _Group) -> ItemModifierGroup:
    """Return a group with the limits that hold for the item, and the prices that a guest pays with it."""
    return ItemModifierGroup(
        group_id=own.group_id,
        min=group.min if own.min is None else own.min,
        max=group.max if own.max is None else own.max,
        prices=[
            ModifierPrice(modifier_id=option.modifier_id, price=Money(amount=amount, currency=currency))
            for option in group.options
            if option.modifier_id in own.prices
            for amount, currency in [option.price(own.prices)]
        ],
    )


def _opened(sold: Iterable[Offered], groups: Mapping[str, _Group], currency: str) -> list[MenuModifierGroup]:
    """Return the groups that something sold here opens, each once, in the order in which they are reached."""
    reached = dict.fromkeys(group.group_id for offer in sold for group in offer.asks)
    ahead = list(reached)
    while ahead:
        for option in groups[ahead.pop()].options:
            new = [one for one in option.opens if option.currency == currency and one not in reached]
            reached |= dict.fromkeys(new)
            ahead += new
    return [_group(groups[group_id], currency) for group_id in reached]


def _group(group: _Group, currency: str) -> MenuModifierGroup:
    return MenuModifierGroup(
        group_id=group.group_id,
        name=group.name,
        min=group.min,
        max=group.max,
        modifiers=[
            MenuModifier(
                modifier_id=option.modifier_id,
                name=option.name,
                price=Money(amount=option.amount, currency=option.currency),
                available=option.available,
                max_quantity=option.max_quantity,
                group_ids=list(option.opens),
                station=option.station,
            )
            for option in group.options
            if option.currency == currency
        ],
    )
