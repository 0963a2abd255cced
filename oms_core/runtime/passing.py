"""How calls leave a plugin, and how those from outside reach a plugin of another process."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from oms_core.calls import Endpoints, HandoverLog, LocalChannel, passing_on
from oms_core.plugins import Installed, Plugin
from oms_core.plugins.contract import Contract, contract_at
from oms_core.runtime.assembly import Assembly
from oms_core.runtime.remotes import Neighbours
from oms_wire.service import Channel

logger = logging.getLogger("oms.remotes")


def channels_of(
    plugin: Plugin,
    assembly: Assembly,
    endpoints: Endpoints,
    remotes: Neighbours,
    *,
    handovers: HandoverLog | None = None,
) -> Mapping[str, Channel]:
    """Return what leads to each service that ``plugin`` may call: its own, and those of what it requires."""
    local = LocalChannel(endpoints, actor=plugin.name, requires=plugin.requires, handovers=handovers)
    found: dict[str, Channel] = {}
    for service, owner in assembly.served_by().items():
        if owner != plugin.name and owner in plugin.requires and owner in remotes:
            found[service] = remotes.channel(owner, actor=plugin.name)
        elif owner == plugin.name or owner in plugin.requires:
            found[service] = local
    return found


def passed_on(one: Installed, endpoints: Endpoints, remotes: Neighbours) -> list[Contract]:
    """Let every route of a plugin that runs elsewhere lead there; return its contracts."""
    found: dict[str, Contract] = {}
    channel = remotes.channel(one.name)
    for package in {service.contract for service in (one.manifest.services if one.manifest else ())}:
        contract = contract_at(package)
        if contract is None:
            logger.info("routes of plugin %r are not passed on: %r is not installed here", one.name, package)
            continue
        for route in contract.routes:
            endpoints.pass_on(passing_on(route.method, channel, plugin=one.name))
        found[package] = contract
    return list(found.values())
