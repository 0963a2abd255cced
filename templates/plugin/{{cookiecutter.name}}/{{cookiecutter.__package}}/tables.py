{%- set c = cookiecutter -%}
"""What is kept."""

from __future__ import annotations

from oms_core.storage import Tenant
from piccolo.columns import BigInt, Text, Timestamptz
from piccolo.table import Table


class {{ c.__Resource }}Row(Table, tablename="{{ c.__plural }}", schema="{{ c.name }}"):  # the schema has the plugin's name
    """One {{ c.__words }}."""

    {{ c.resource }}_id = Text(primary_key=True)
    tenant = Tenant(index=True)  # every table has one; it is filled in by itself
    location_id = Text(required=True, index=True)
    name = Text(required=True)
    created_at = Timestamptz(required=True, default=None)
    orders_since = BigInt(default=0)
