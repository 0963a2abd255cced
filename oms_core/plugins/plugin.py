"""What a plugin is: a class with a name's worth of facts and the core's own few hooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import click
import msgspec
import pluggy

from oms_core.plugins.manifest import API_VERSION
from oms_core.plugins.registry import Registry

hookspec = pluggy.HookspecMarker("oms")
hookimpl = pluggy.HookimplMarker("oms")


class Plugin:
    """Base of every plugin; subclasses say what they need and implement the hooks they care for.

    ``requires`` names plugins that must be present and may be called; ``after`` names plugins that, when
    present, come first. ``settings`` is the typed table ``[settings.<name>]`` of ``oms.toml``.
    """

    api: ClassVar[int] = API_VERSION
    requires: ClassVar[Sequence[str]] = ()
    after: ClassVar[Sequence[str]] = ()
    settings: ClassVar[type[msgspec.Struct] | None] = None

    def __init__(self, name: str) -> None:
        self.name = name

    def register(self, oms: Registry) -> None:
        """Say what this plugin serves, stores and listens to."""


class CoreHooks:
    """The core's own hooks; every other hook is an RPC that a contract declares."""

    @hookspec
    def register(self, oms: Registry) -> None:
        """Say what the plugin serves, stores and listens to; called once, before anything runs."""

    @hookspec
    def commands(self) -> Sequence[click.Command]:  # type: ignore[empty-body]
        """Return commands to add to ``oms``; called when the command line is read, so import lazily."""


def hooks() -> pluggy.PluginManager:
    """Return a plugin manager that knows the core's hooks."""
    manager = pluggy.PluginManager("oms")
    manager.add_hookspecs(CoreHooks)
    return manager
