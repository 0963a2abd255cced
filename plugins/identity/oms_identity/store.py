"""Rows to messages and back."""

from __future__ import annotations

from oms_core.storage import Transaction
from oms_identity.tables import NodeRow, RoleRow
from oms_protos.identity.v1 import Node, NodeKind, Role


async def write_node(tx: Transaction, node: Node) -> None:
    """Store a new node."""
    await NodeRow.insert(
        NodeRow(
            node_id=node.node_id,
            tenant=tx.tenant,
            parent_id=node.parent_id or None,
            kind=node.kind.name,
            name=node.name,
            time_zone=node.time_zone,
            currency=node.currency,
            business_day_cutoff=node.business_day_cutoff,
        )
    )


async def read_nodes(tx: Transaction) -> list[Node]:
    """Return every node of the tenant."""
    return [
        Node(
            node_id=row["node_id"],
            parent_id=row["parent_id"] or "",
            kind=NodeKind[row["kind"]],
            name=row["name"],
            time_zone=row["time_zone"],
            currency=row["currency"],
            business_day_cutoff=row["business_day_cutoff"],
        )
        for row in await NodeRow.select().where(NodeRow.tenant == tx.tenant)
    ]


async def write_role(tx: Transaction, role: Role, *, role_id: str) -> bool:
    """Store a new role; False when the tenant has one of that name."""
    written = await tx.fetchval(
        "insert into identity.roles (role_id, tenant, name, permissions) values ($1, $2, $3, $4)"
        " on conflict (tenant, name) do nothing returning role_id",
        role_id,
        tx.tenant,
        role.name,
        role.permissions,
    )
    return written is not None


async def read_roles(tx: Transaction) -> list[Role]:
    """Return the roles of the tenant, by name."""
    rows = await RoleRow.select().where(RoleRow.tenant == tx.tenant).order_by(RoleRow.name)
    return [Role(chain_id=tx.tenant, name=row["name"], permissions=row["permissions"]) for row in rows]
