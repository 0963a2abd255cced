"""The wiring."""

from __future__ import annotations

from oms_core.auth import Directory
from oms_core.plugins import Plugin, Registry, hookimpl
from oms_identity.directory import IdentityDirectory
from oms_identity.service import IdentityService
from oms_identity.tables import NodeRow, RoleRow


class Identity(Plugin):
    """The tenant tree of a chain, and the roles held in it."""

    @hookimpl
    def register(self, oms: Registry) -> None:
        """Serve the tree and the roles, and answer authorisation from them."""
        oms.serve(IdentityService)
        oms.tables(NodeRow, RoleRow)
        oms.provide(Directory, IdentityDirectory)
