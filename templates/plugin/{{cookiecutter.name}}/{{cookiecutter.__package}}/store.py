{%- set c = cookiecutter -%}
"""Rows to messages and back."""

from __future__ import annotations

from oms_core.storage import Transaction

from {{ c.__package }}.tables import {{ c.__Resource }}Row
from {{ c.__protos }}.v1 import {{ c.__Resource }}

_COUNT = "update {{ c.name }}.{{ c.__plural }} set orders_since = orders_since + 1 where location_id = $1"


async def write({{ c.resource }}: {{ c.__Resource }}) -> None:
    """Store a new one in the open transaction: Piccolo's queries join it by themselves."""
    await {{ c.__Resource }}Row.insert(
        {{ c.__Resource }}Row(
            {{ c.resource }}_id={{ c.resource }}.{{ c.resource }}_id,
            location_id={{ c.resource }}.location_id,
            name={{ c.resource }}.name,
            created_at={{ c.resource }}.created_at,
        )
    )


async def read({{ c.resource }}_id: str) -> {{ c.__Resource }} | None:
    """Return one of the transaction's tenant; those of others are not there."""
    row = await {{ c.__Resource }}Row.select().where({{ c.__Resource }}Row.{{ c.resource }}_id == {{ c.resource }}_id).first()
    if row is None:
        return None
    return {{ c.__Resource }}(
        {{ c.resource }}_id=row["{{ c.resource }}_id"],
        location_id=row["location_id"],
        name=row["name"],
        created_at=row["created_at"],
        orders_since=row["orders_since"],
    )


async def count_order(tx: Transaction, location_id: str) -> None:
    """Count an order for everything at its location: plain SQL, where that says it better."""
    await tx.execute(_COUNT, location_id)
