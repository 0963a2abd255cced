"""What a location offers of what lines ask for, read in one statement: one snapshot of the menu."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from oms_core.storage import Record, Transaction
from oms_menu.asking import AskedGroup
from oms_menu.options import OnOffer, Option, OptionGroup
from oms_menu.pricing import Offered, Shelf
from oms_protos.identity.v1 import Node

OFFERED = """
select i.item_id, v.variation_id, i.name, v.name as variation_name, i.station,
       coalesce(o.amount, v.amount) as amount, coalesce(o.currency, v.currency) as currency,
       coalesce(o.available, true) as available, i.modifier_groups as asks,
       (select b.version from menu.brand_menus b where b.brand_id = $1) as menu_version
from menu.items i
join menu.variations v using (item_id)
left join menu.offers o on o.location_id = $2 and o.variation_id = v.variation_id
where i.brand_id = $1
"""

OPTIONS = """
select m.modifier_id, m.group_id, m.name,
       coalesce(o.amount, m.amount) as amount, coalesce(o.currency, m.currency) as currency,
       o.amount is not null as local, coalesce(o.available, true) as available,
       m.max_quantity, m.opens, m.station, m.position
from menu.modifiers m
left join menu.modifier_offers o on o.location_id = $2 and o.modifier_id = m.modifier_id
"""

_VARIATIONS = OFFERED + "and v.variation_id = any($3)"

_SHELF = f"""
with sold as ({_VARIATIONS}), chosen as materialized ({OPTIONS}
  join menu.modifier_groups g on g.group_id = m.group_id and g.brand_id = $1
  where m.modifier_id = any($4)
), asked (group_id) as (
  select jsonb_array_elements(asks) ->> 'group_id' from sold
  union select group_id from chosen
  union select unnest(opens) from chosen
)
select (select json_agg(sold) from sold) as offered,
       (select json_agg(chosen) from chosen) as options,
       (select json_agg(json_build_object('group_id', g.group_id, 'name', g.name,
                                          'min', g.min_choices, 'max', g.max_choices))
        from asked join menu.modifier_groups g using (group_id)) as groups,
       (select b.version from menu.brand_menus b where b.brand_id = $1) as menu_version
"""  # noqa: S608 - constants

_OFFERED_TYPE = msgspec.json.Decoder(list[Offered])
_GROUPS_TYPE = msgspec.json.Decoder(list[OptionGroup])
_OPTIONS_TYPE = msgspec.json.Decoder(list[Option])
_ASKED_TYPE = msgspec.json.Decoder(tuple[AskedGroup, ...])


async def read_shelf(
    tx: Transaction, location: Node, variation_ids: Collection[str], modifier_ids: Collection[str]
) -> Shelf:
    """Return what a location offers of the variations and options, with the groups that they ask.

    Most lines have no modifiers and are of items that ask nothing: these cost the smaller statement only.
    """
    brand_id, location_id, currency = location.parent_id, location.node_id, location.currency
    if not modifier_ids:
        rows = await tx.fetch(_VARIATIONS, brand_id, location_id, list(variation_ids))
        if all(row["asks"] == "[]" for row in rows):
            offered = {row["variation_id"]: offered_of(row) for row in rows}
            return Shelf(offered, OnOffer(currency), rows[0]["menu_version"] if rows else 0)
    # All of it again: what two statements return may be of two menus.
    row = await tx.fetchrow(_SHELF, brand_id, location_id, list(variation_ids), list(modifier_ids))
    assert row is not None
    return Shelf(
        offered={one.variation_id: one for one in _OFFERED_TYPE.decode(row["offered"] or "[]")},
        on_offer=OnOffer(
            currency,
            options={one.modifier_id: one for one in _OPTIONS_TYPE.decode(row["options"] or "[]")},
            groups={one.group_id: one for one in _GROUPS_TYPE.decode(row["groups"] or "[]")},
        ),
        menu_version=row["menu_version"] or 0,
    )


def offered_of(row: Record) -> Offered:
    """Return a row of ``OFFERED``."""
    return Offered(
        item_id=row["item_id"],
        variation_id=row["variation_id"],
        name=row["name"],
        variation_name=row["variation_name"],
        station=row["station"],
        amount=row["amount"],
        currency=row["currency"],
        available=row["available"],
        asks=asks_of(row["asks"]),
    )


def asks_of(stored: str) -> tuple[AskedGroup, ...]:
    """Return the groups that an item asks, as its row has them."""
    return () if stored == "[]" else _ASKED_TYPE.decode(stored)
