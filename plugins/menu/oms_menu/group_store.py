"""Modifier groups: rows to messages and back."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from oms_core.storage import Record, Transaction
from oms_menu.opening import KnownGroup
from oms_menu.tables import ModifierGroupRow
from oms_protos.menu.v1 import Modifier, ModifierGroup
from oms_protos.types.v1 import Money

_GROUPS = """
select g.group_id, g.brand_id, g.name, g.min_choices, g.max_choices, g.version,
       m.modifier_id, m.name as modifier_name, m.amount, m.currency, m.max_quantity, m.opens, m.station
from menu.modifier_groups g join menu.modifiers m using (group_id)
where g.group_id = any($1)
order by g.group_id, m.position
"""

_OPENED = f"""
with recursive opened (group_id) as (
  select unnest($1::text[])
  union
  select unnest(m.opens) from opened join menu.modifiers m using (group_id)
)
{_GROUPS.replace("any($1)", "any(array(select group_id from opened))")}
"""  # noqa: S608 - constants

_KNOWN = """
select g.group_id, g.brand_id, g.name,
       array(select distinct unnest(m.opens) from menu.modifiers m where m.group_id = g.group_id) as opens
from menu.modifier_groups g
where g.brand_id = $1 or g.group_id = any($2)
"""

_UPDATE_GROUP = """
update menu.modifier_groups set name = $2, min_choices = $3, max_choices = $4, version = $5
where group_id = $1
"""

_DROP_OTHERS = "delete from menu.modifiers where group_id = $1 and modifier_id <> all($2)"

_WRITE_OPTIONS = """
insert into menu.modifiers as m
  (tenant, group_id, modifier_id, name, amount, currency, max_quantity, opens, station, position)
select $1, $2, option.modifier_id, option.name, option.amount, option.currency, option.max_quantity,
       array(select jsonb_array_elements_text(option.opens)), option.station, option.position - 1
from unnest($3::text[], $4::text[], $5::bigint[], $6::text[], $7::smallint[], $8::jsonb[], $9::text[])
  with ordinality
  as option (modifier_id, name, amount, currency, max_quantity, opens, station, position)
on conflict (modifier_id) do update set
  name = excluded.name, amount = excluded.amount, currency = excluded.currency,
  max_quantity = excluded.max_quantity, opens = excluded.opens, station = excluded.station,
  position = excluded.position
"""


async def write_group(tx: Transaction, group: ModifierGroup) -> None:
    """Store a new group with its options."""
    await ModifierGroupRow.insert(
        ModifierGroupRow(
            group_id=group.group_id,
            tenant=tx.tenant,
            brand_id=group.brand_id,
            name=group.name,
            min_choices=group.min,
            max_choices=group.max,
            version=group.version,
        )
    )
    await _write_options(tx, group)


async def update_group(tx: Transaction, group: ModifierGroup) -> None:
    """Store a group that is there as it is now; options that it no longer has go, with what locations set."""
    await tx.execute(_UPDATE_GROUP, group.group_id, group.name, group.min, group.max, group.version)
    await tx.execute(_DROP_OTHERS, group.group_id, [option.modifier_id for option in group.modifiers])
    await _write_options(tx, group)


async def read_groups(tx: Transaction, group_ids: Collection[str]) -> dict[str, ModifierGroup]:
    """Return the groups that exist, by id."""
    return _groups(await tx.fetch(_GROUPS, list(group_ids)))


async def read_opened(tx: Transaction, group_ids: Collection[str]) -> dict[str, ModifierGroup]:
    """Return groups and all groups that their options open, by id."""
    return _groups(await tx.fetch(_OPENED, list(group_ids))) if group_ids else {}


async def read_known(tx: Transaction, brand_id: str, group_ids: Collection[str]) -> dict[str, KnownGroup]:
    """Return all groups of a brand, and those of ``group_ids`` that are of another, by id."""
    return {
        row["group_id"]: KnownGroup(row["group_id"], row["brand_id"], row["name"], row["opens"])
        for row in await tx.fetch(_KNOWN, brand_id, list(group_ids))
    }


async def brand_of_group(tx: Transaction, group_id: str) -> str | None:
    """Return the brand of a group, or None."""
    sql = "select brand_id from menu.modifier_groups where group_id = $1"
    brand_id: str | None = await tx.fetchval(sql, group_id)
    return brand_id


async def _write_options(tx: Transaction, group: ModifierGroup) -> None:
    options = [(option, option.price) for option in group.modifiers if option.price is not None]
    await tx.execute(
        _WRITE_OPTIONS,
        tx.tenant,
        group.group_id,
        [option.modifier_id for option, _ in options],
        [option.name for option, _ in options],
        [price.amount for _, price in options],
        [price.currency for _, price in options],
        [option.max_quantity for option, _ in options],
        [msgspec.json.encode(option.group_ids).decode() for option, _ in options],
        [option.station for option, _ in options],
    )


def _groups(rows: Iterable[Record]) -> dict[str, ModifierGroup]:
    groups: dict[str, ModifierGroup] = {}
    for row in rows:
        group = groups.get(row["group_id"]) or groups.setdefault(row["group_id"], _group(row))
        group.modifiers.append(
            Modifier(
                modifier_id=row["modifier_id"],
                name=row["modifier_name"],
                price=Money(amount=row["amount"], currency=row["currency"]),
                max_quantity=row["max_quantity"],
                group_ids=list(row["opens"]),
                station=row["station"],
            )
        )
    return groups


def _group(row: Record) -> ModifierGroup:
    return ModifierGroup(
        group_id=row["group_id"],
        brand_id=row["brand_id"],
        name=row["name"],
        min=row["min_choices"],
        max=row["max_choices"],
        version=row["version"],
    )
