"""The directory of a process that has none: asked for in another one, and remembered for a while."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from oms_protos.directory.v1 import DirectoryClient, GetPathRequest, GetPermissionsRequest

TTL = 30.0
"""Seconds after which a change is seen here at the latest; the directory's own memory comes on top."""
_SIZE = 10_000

V = TypeVar("V")


class RemoteDirectory:
    """Fills ``Directory`` over a client.

    A node that is not there is never remembered: it may be made the next moment.
    """

    def __init__(self, client: DirectoryClient) -> None:
        self._client = client
        self._paths: _Memory[tuple[str, ...]] = _Memory()
        self._permissions: _Memory[frozenset[str]] = _Memory()

    async def path(self, tenant: str, node: str) -> tuple[str, ...] | None:
        """Return ``node`` and its ancestors; None if it is not in this tenant. Raises RpcError."""

        async def ask() -> tuple[str, ...]:
            answer = await self._client.get_path(GetPathRequest(tenant=tenant, node_id=node))
            return tuple(answer.node_ids)

        return await self._paths.get((tenant, node), ask) or None

    async def permissions(self, tenant: str, role: str) -> frozenset[str]:
        """Return what ``role`` may do beyond what the contracts say. Raises RpcError."""

        async def ask() -> frozenset[str]:
            answer = await self._client.get_permissions(GetPermissionsRequest(tenant=tenant, role=role))
            return frozenset(answer.permissions)

        return await self._permissions.get((tenant, role), ask, keep_empty=True)


class _Memory(Generic[V]):
    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[float, V]] = {}

    async def get(
        self, key: tuple[str, str], ask: Callable[[], Awaitable[V]], *, keep_empty: bool = False
    ) -> V:
        known = self._known.get(key)
        if known is not None and time.monotonic() < known[0]:
            return known[1]
        value = await ask()
        if value or keep_empty:
            if len(self._known) >= _SIZE:
                self._known.clear()
            self._known[key] = (time.monotonic() + TTL, value)
        return value
