"""Who listens to what in other processes, as their manifests say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from oms_core.messaging import Route, Routes
from oms_core.plugins import Installed
from oms_core.processes import consumers_of


def listening_elsewhere(away: Sequence[Installed]) -> Routes:
    """Return who gets each type of event among the plugins ``away``."""
    found: defaultdict[str, list[Route]] = defaultdict(list)
    for one in away:
        if one.manifest is None:
            continue
        for handled in one.manifest.handles:
            found[handled.name].append(Route(f"{one.name}.{handled.handler}", handled.ordered))
        for process in one.manifest.processes:
            for event_type, route in consumers_of(
                one.name, process.name, hears=process.hears, does=process.does
            ):
                found[event_type].append(route)
    return found
