"""Why nobody, or more than one, says who may do what where, and what an operator does about it."""

from __future__ import annotations

from collections.abc import Sequence

from oms_core.auth import Directory
from oms_core.errors import PluginError
from oms_core.plugins import Installed, Roster, discover


def no_directory(providers: Sequence[str], roster: Roster) -> PluginError:
    """Return the error for ``providers`` (none, or several) that take part and provide the directory."""
    if providers:
        names = ", ".join(map(repr, providers))
        return _error(f"here do {names}", f"take all but one of them out of `plugins`: {names}")
    for one in filter(_provides, roster.line):
        if one.name in roster.off:
            return _error(
                f"plugin {one.name!r} would, and is off: {roster.off[one.name]}",
                f"mend {one.name!r}: the others cannot run without it",
            )
    for one in filter(_provides, discover()):
        return _error(
            f"plugin {one.name!r} would, and is installed but not chosen", f"name {one.name!r} in `plugins`"
        )
    return _error("no installed plugin does", "install one that does, for example:  pip install oms-identity")


def _provides(one: Installed) -> bool:
    return one.manifest is not None and Directory.__name__ in one.manifest.provides


def _error(who: str, hint: str) -> PluginError:
    return PluginError(
        "DIRECTORY", f"exactly one plugin must provide the directory of nodes and roles; {who}", hint=hint
    )
