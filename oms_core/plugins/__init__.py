"""Plugins: what one is, how it is found, put in line, and wired by type.

From manifests alone, nothing imported: ``manifest`` (what one says), ``discovery`` (which are installed),
``resolver`` and ``rivals`` (which line, who is in whose way), ``roster`` (who takes part, who is off).
Then ``loading`` imports one, ``plugin`` and ``registry`` are what it is written against, ``description``
is what its manifest should say, ``injection`` gives its functions what they ask for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oms_core.plugins.discovery import Installed, discover
    from oms_core.plugins.loading import load
    from oms_core.plugins.plugin import Plugin, hookimpl
    from oms_core.plugins.registry import Handler, Registration, Registry
    from oms_core.plugins.resolver import resolve
    from oms_core.plugins.roster import Roster

_PLACES = {
    "Handler": "registry",
    "Installed": "discovery",
    "Plugin": "plugin",
    "Registration": "registry",
    "Registry": "registry",
    "Roster": "roster",
    "discover": "discovery",
    "hookimpl": "plugin",
    "load": "loading",
    "resolve": "resolver",
}

__all__ = [
    "Handler",
    "Installed",
    "Plugin",
    "Registration",
    "Registry",
    "Roster",
    "discover",
    "hookimpl",
    "load",
    "resolve",
]


def __getattr__(name: str) -> object:
    # Who only reads manifests, as `oms --help` does, does not pay for tables, clients and messages.
    if module := _PLACES.get(name):
        return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
