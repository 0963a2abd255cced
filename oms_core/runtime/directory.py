"""The one directory of nodes and roles: served to other processes where it is, asked for where it is not."""

from __future__ import annotations

from collections.abc import Mapping

from oms_core.auth import Directory, RemoteDirectory
from oms_core.plugins.injection import Injector
from oms_core.runtime.assembly import Assembly
from oms_core.runtime.no_directory import no_directory
from oms_core.runtime.remotes import Neighbours
from oms_protos.directory.v1 import (
    DirectoryClient,
    DirectoryServiceBase,
    GetPathRequest,
    GetPathResponse,
    GetPermissionsRequest,
    GetPermissionsResponse,
)

RUNTIME = "oms"
"""Who calls when the runtime itself does."""


class DirectoryService(DirectoryServiceBase):
    """Answers for the directory of this process."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def get_path(self, request: GetPathRequest) -> GetPathResponse:
        """Return where a node hangs."""
        path = await self._directory.path(request.tenant, request.node_id)
        return GetPathResponse(node_ids=list(path or ()))

    async def get_permissions(self, request: GetPermissionsRequest) -> GetPermissionsResponse:
        """Return what a role that the tenant made may do."""
        permissions = await self._directory.permissions(request.tenant, request.role)
        return GetPermissionsResponse(permissions=sorted(permissions))


def directory_of(
    assembly: Assembly, values: Mapping[str, Mapping[type, object]], remotes: Neighbours
) -> tuple[str, Directory, bool]:
    """Return who provides the one directory, the directory, and whether it is in this process.

    It may store and cache, but call nobody. Raises PluginError unless exactly one plugin provides it.
    """
    here = [
        (plugin, kind)
        for plugin in assembly.plugins
        if (kind := assembly.registrations[plugin.name].provided.get(Directory))
    ]
    away = [
        one.name
        for one in assembly.roster.away
        if one.manifest and Directory.__name__ in one.manifest.provides
    ]
    if len(here) + len(away) != 1:
        raise no_directory([*(plugin.name for plugin, _ in here), *away], assembly.roster)
    if away:
        client = DirectoryClient(remotes.channel(away[0], actor=RUNTIME))
        return away[0], RemoteDirectory(client), False
    plugin, kind = here[0]
    directory: Directory = Injector(plugin, values[plugin.name]).build(kind)
    return plugin.name, directory, True
