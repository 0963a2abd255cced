"""What authorisation asks at every call: where a node hangs, and what a role may do."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from oms_core.ids import is_id
from oms_core.storage import Storage
from oms_identity.rules import PREFIX, path_to_root
from oms_identity.store import read_nodes, read_roles
from oms_protos.identity.v1 import Node

TTL = 30.0
"""Seconds after which another process's change is seen at the latest."""


@dataclass(frozen=True, slots=True)
class Tenancy:
    """Everything about one tenant at one moment (``read_at``: monotonic seconds)."""

    nodes: dict[str, Node]
    paths: dict[str, tuple[str, ...]]
    roles: dict[str, frozenset[str]]
    read_at: float


class Tenancies:
    """The tenants in memory: read on a miss, dropped when this process writes, and re-read after ``TTL``."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._known: dict[str, Tenancy] = {}
        self._writes: defaultdict[str, int] = defaultdict(int)
        self._reading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, tenant: str, *, newer_than: float = 0.0) -> Tenancy:
        """Return what is known of a tenant, not older than ``TTL`` and read after ``newer_than``."""
        newer_than = max(newer_than, time.monotonic() - TTL)
        if (known := self._known.get(tenant)) and known.read_at > newer_than:
            return known
        async with self._reading[tenant]:
            # Whoever waited here takes what the one before it has read.
            if (known := self._known.get(tenant)) and known.read_at > newer_than:
                return known
            return await self._read(tenant)

    async def node(self, tenant: str, node_id: str) -> Node | None:
        """Return a node, or None; an unknown one is looked for in the database before it is denied."""
        asked_at = time.monotonic()
        found = (await self.of(tenant)).nodes.get(node_id)
        if found is not None:
            return found
        if not is_id(node_id, *PREFIX.values()):
            return None
        return (await self.of(tenant, newer_than=asked_at)).nodes.get(node_id)

    def forget(self, tenant: str) -> None:
        """Drop what is known of a tenant; also what is being read at this moment."""
        self._writes[tenant] += 1
        self._known.pop(tenant, None)

    async def _read(self, tenant: str) -> Tenancy:
        writes, read_at = self._writes[tenant], time.monotonic()
        async with self._storage.transaction(tenant=tenant) as tx:
            nodes = {node.node_id: node for node in await read_nodes(tx)}
            roles = {role.name: frozenset(role.permissions) for role in await read_roles(tx)}
        paths = {node_id: path_to_root(node_id, nodes) for node_id in nodes}
        tenancy = Tenancy(nodes, paths, roles, read_at)
        if self._writes[tenant] == writes:
            self._known[tenant] = tenancy
        return tenancy


_tenancies: WeakKeyDictionary[Storage, Tenancies] = WeakKeyDictionary()


def tenancies(storage: Storage) -> Tenancies:
    """Return the memory that belongs to a storage; the directory and the service share it."""
    return _tenancies.setdefault(storage, Tenancies(storage))


class IdentityDirectory:
    """Answers authorisation from memory; fills ``oms_core.auth.Directory``."""

    def __init__(self, storage: Storage) -> None:
        self._tenancies = tenancies(storage)

    async def path(self, tenant: str, node: str) -> tuple[str, ...] | None:
        """Return the ids from a node up to its root, or None when the tenant has no such node."""
        if await self._tenancies.node(tenant, node) is None:
            return None
        return (await self._tenancies.of(tenant)).paths.get(node)

    async def permissions(self, tenant: str, role: str) -> frozenset[str]:
        """Return what a role that the tenant made may do; empty for any other."""
        return (await self._tenancies.of(tenant)).roles.get(role, frozenset())
