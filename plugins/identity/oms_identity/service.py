"""The tree and the roles, as the contract offers them."""

from __future__ import annotations

from collections.abc import Sequence

from oms_core.calls import new_id
from oms_core.context import current
from oms_core.storage import Storage
from oms_identity import rules
from oms_identity.directory import tenancies
from oms_identity.store import read_nodes, read_roles, write_node, write_role
from oms_protos.identity.v1 import (
    CreateBrandRequest,
    CreateChainRequest,
    CreateLocationRequest,
    CreateRoleRequest,
    GetNodeRequest,
    IdentityServiceBase,
    ListNodesRequest,
    ListNodesResponse,
    ListRolesRequest,
    ListRolesResponse,
    Node,
    NodeKind,
    Role,
)
from oms_wire.errors import AlreadyExists, FieldViolation, InvalidArgument, NotFound


class IdentityService(IdentityServiceBase):
    """Grows the tree and tells of it; a chain's id is the id of its tenant."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._tenancies = tenancies(storage)

    async def create_chain(self, request: CreateChainRequest, /) -> Node:
        """Open a chain: the root of a tenant of its own."""
        _refuse(rules.check_name(request.name))
        chain = Node(node_id=new_id("chn"), kind=NodeKind.CHAIN, name=request.name)
        return await self._add(chain, tenant=chain.node_id)

    async def create_brand(self, request: CreateBrandRequest, /) -> Node:
        """Add a brand to a chain."""
        _refuse(rules.check_name(request.name))
        await self._parent(request.chain_id, NodeKind.BRAND, field="chain_id")
        brand = Node(
            node_id=new_id("brd"), parent_id=request.chain_id, kind=NodeKind.BRAND, name=request.name
        )
        return await self._add(brand, tenant=current().tenant)

    async def create_location(self, request: CreateLocationRequest, /) -> Node:
        """Open a location of a brand."""
        _refuse(rules.check_location(request))
        await self._parent(request.brand_id, NodeKind.LOCATION, field="brand_id")
        location = Node(
            node_id=new_id("loc"),
            parent_id=request.brand_id,
            kind=NodeKind.LOCATION,
            name=request.name,
            time_zone=request.time_zone,
            currency=request.currency,
            business_day_cutoff=request.business_day_cutoff or rules.MIDNIGHT,
        )
        return await self._add(location, tenant=current().tenant)

    async def get_node(self, request: GetNodeRequest, /) -> Node:
        """Return one node, from memory where it is known."""
        return await self._node(request.node_id)

    async def list_nodes(self, request: ListNodesRequest, /) -> ListNodesResponse:
        """Return a node and everything below it, as the database has it now."""
        async with self._storage.transaction() as tx:
            nodes = await read_nodes(tx)
        return ListNodesResponse(nodes=rules.below(request.root_id, nodes))

    async def create_role(self, request: CreateRoleRequest, /) -> Role:
        """Give the chain a role of its own."""
        _refuse(rules.check_role(request))
        _own_chain(request.chain_id)
        permissions = sorted(set(request.permissions))
        role = Role(chain_id=current().tenant, name=request.name, permissions=permissions)
        async with self._storage.transaction() as tx:
            if not await write_role(tx, role, role_id=new_id("rol")):
                raise AlreadyExists("ROLE_EXISTS", f"this chain has a role {role.name!r} already")
            tx.answer(role)
        self._tenancies.forget(tx.tenant)
        return role

    async def list_roles(self, request: ListRolesRequest, /) -> ListRolesResponse:
        """Return the roles that the chain made for itself, by name."""
        _own_chain(request.chain_id)
        async with self._storage.transaction() as tx:
            return ListRolesResponse(roles=await read_roles(tx))

    async def _add(self, node: Node, *, tenant: str) -> Node:
        async with self._storage.transaction(tenant=tenant) as tx:
            await write_node(tx, node)
            tx.answer(node)
        self._tenancies.forget(tenant)
        return node

    async def _node(self, node_id: str) -> Node:
        node = await self._tenancies.node(current().tenant, node_id)
        if node is None:
            raise NotFound("NODE_NOT_FOUND", f"there is no node {node_id!r}")
        return node

    async def _parent(self, node_id: str, kind: NodeKind, *, field: str) -> None:
        node = await self._node(node_id)
        wanted = rules.PARENT[kind]
        if node.kind is not wanted:
            message = f"{node_id} is a {node.kind.name.lower()}, not a {wanted.name.lower()}"
            _refuse([FieldViolation(field, message)])


def _own_chain(chain_id: str) -> None:
    # The permission may be held at a brand only, whose id would pass for a chain's otherwise.
    if chain_id != current().tenant:
        _refuse([FieldViolation("chain_id", f"{chain_id} is not a chain")])


def _refuse(wrong: Sequence[FieldViolation]) -> None:
    if wrong:
        raise InvalidArgument("INVALID_FIELD", f"{wrong[0].field}: {wrong[0].message}", violations=wrong)
