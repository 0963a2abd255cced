"""Asking a plugin what it brings: one plugin, one pluggy manager, errors by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import click
import pluggy

from oms_core.errors import OmsError, PluginError
from oms_core.plugins.plugin import Plugin, hooks
from oms_core.plugins.registry import Registration, Registry

T = TypeVar("T")


def registration_of(plugin: Plugin) -> Registration:
    """Let a plugin register; raises PluginError that names it when it fails."""
    registration = Registration(plugin.name)
    _asked(plugin, "register", lambda asked: asked.hook.register(oms=Registry(registration)))
    return registration


def commands_of(plugin: Plugin) -> Sequence[click.Command]:
    """Return the commands that a plugin adds; raises PluginError that names it when it fails."""
    answers = _asked(plugin, "commands", lambda asked: asked.hook.commands())
    return [command for added in answers for command in added]


def _asked(plugin: Plugin, hook: str, ask: Callable[[pluggy.PluginManager], T]) -> T:
    manager = hooks()
    try:
        manager.register(plugin, name=plugin.name)
        return ask(manager)
    except OmsError:
        raise
    except Exception as cause:  # whatever a stranger's code does when it is asked
        raise PluginError(
            "PLUGIN_REGISTER",
            f"plugin {plugin.name!r} failed in its {hook}(): {type(cause).__name__}: {cause}",
            hint=f"correct {hook}() of {type(plugin).__name__} in {type(plugin).__module__}",
        ) from cause
