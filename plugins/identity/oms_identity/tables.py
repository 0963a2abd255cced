"""Where the tree and the roles are kept."""

from __future__ import annotations

from piccolo.columns import Array, ForeignKey, Text
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from oms_core.storage import Tenant


class NodeRow(Table, tablename="nodes", schema="identity"):
    """A chain, brand or location. What only locations have is empty elsewhere."""

    node_id = Text(primary_key=True)
    tenant = Tenant(index=True)
    parent_id: ForeignKey[Table] = ForeignKey("self", null=True, on_delete=OnDelete.restrict)
    kind = Text(required=True)
    name = Text(required=True)
    time_zone = Text()
    currency = Text()
    business_day_cutoff = Text()


class RoleRow(Table, tablename="roles", schema="identity"):
    """A role that a chain made for itself."""

    role_id = Text(primary_key=True)
    tenant = Tenant()
    name = Text(required=True)
    permissions = Array(base_column=Text())

    one_name_per_tenant = Unique([tenant, name])
