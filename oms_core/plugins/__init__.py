"""Plugins: what one is, how it is found, put in line, and wired by type."""

from oms_core.plugins.discovery import Installed, discover, load
from oms_core.plugins.plugin import Plugin, hookimpl
from oms_core.plugins.registry import Handler, Registration, Registry
from oms_core.plugins.resolver import in_dependency_order

__all__ = [
    "Handler",
    "Installed",
    "Plugin",
    "Registration",
    "Registry",
    "discover",
    "hookimpl",
    "in_dependency_order",
    "load",
]
