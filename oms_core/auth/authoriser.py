"""May this principal do this here? Not unless a grant says so."""

from __future__ import annotations

from typing import Protocol

from oms_core.auth.tokens import PLATFORM, PLATFORM_NODE
from oms_core.context import ANONYMOUS, Context
from oms_wire.errors import PermissionDenied, RpcError, Unauthenticated
from oms_wire.method import Access, Scope


class Directory(Protocol):
    """Knows the tree of each tenant and the roles that a tenant made for itself; answers fast (cached)."""

    async def path(self, tenant: str, node: str) -> tuple[str, ...] | None:
        """Return ``node`` and its ancestors up to the tenant's root; None if it is not in this tenant."""

    async def permissions(self, tenant: str, role: str) -> frozenset[str]:
        """Return what ``role`` may do beyond what the contracts say; empty for a role nobody made."""


class Authoriser:
    """Holds a principal's grants against what a method asks for.

    A permission is held where some grant's role has it (by the contract, or by a role that the tenant
    made) and the grant's node is the node in question or an ancestor of it, within the tenant. Grants at
    ``*`` count for methods of the platform only.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def authorise(self, access: Access, context: Context, node: str = "") -> None:
        """Return if allowed; raises Unauthenticated or PermissionDenied.

        ``node`` is where a NODE or RESOURCE permission must be held; the other scopes need none.
        """
        if access.scope is Scope.PUBLIC:
            return None
        require_principal(context)
        if access.scope is Scope.PLATFORM:
            return self._on_platform(access, context)
        if access.scope is Scope.TENANT:
            node = context.tenant
        if not await self._holds(access, context, node):
            raise _denied(access, node)
        return None

    async def _holds(self, access: Access, context: Context, node: str) -> bool:
        path = await self._directory.path(context.tenant, node)
        if path is None:
            return False
        for grant in context.principal.grants:
            if grant.node in path and await self._gives(grant.role, access, context.tenant):
                return True
        return False

    async def _gives(self, role: str, access: Access, tenant: str) -> bool:
        if role in access.roles:
            return True
        return access.permission in await self._directory.permissions(tenant, role)

    @staticmethod
    def _on_platform(access: Access, context: Context) -> None:
        held = any(g.node == PLATFORM_NODE and g.role in access.roles for g in context.principal.grants)
        if context.tenant != PLATFORM or not held:
            raise _denied(access, PLATFORM_NODE)


def require_principal(context: Context) -> None:
    """Raise Unauthenticated if nobody is calling."""
    if context.principal is ANONYMOUS:
        raise Unauthenticated("TOKEN_MISSING", "send a token: Authorization: Bearer <token>")


def _denied(access: Access, node: str) -> RpcError:
    # A node of somebody else's tenant and one that does not exist get this same answer.
    where = "on the platform" if node == PLATFORM_NODE else f"at {node!r}"
    held_by = f"held by: {', '.join(access.roles)}" if access.roles else "no role holds it by default"
    return PermissionDenied(
        "PERMISSION_DENIED",
        f"{access.permission} is not held {where} ({held_by})",
        details={"permission": access.permission, "node": node, "roles": ",".join(access.roles)},
    )
