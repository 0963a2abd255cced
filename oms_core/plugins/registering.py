"""Asking a plugin what it brings: one plugin, one pluggy manager, errors by its name."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import click
import pluggy

from oms_core.errors import OmsError, PluginError
from oms_core.plugins.lifecycle import Phase
from oms_core.plugins.plugin import CoreHooks, Plugin, hooks
from oms_core.plugins.registry import Registration, Registry

T = TypeVar("T")


def registration_of(plugin: Plugin) -> Registration:
    """Let a plugin register; raises PluginError that names it when it fails.

    Also for a method that looks as if the runtime called it, and that nobody would call.
    """
    registration = Registration(plugin.name)
    _asked(plugin, "register", lambda asked: asked.hook.register(oms=Registry(registration)))
    for phase in Phase:
        if phase.value not in registration.lifecycle and callable(getattr(type(plugin), phase.value, None)):
            raise _uncalled(
                plugin,
                phase.value,
                f"say  oms.lifecycle({phase.value}=…)  in register, or give it another name",
            )
    return registration


def commands_of(plugin: Plugin) -> Sequence[click.Command]:
    """Return the commands that a plugin adds; raises PluginError that names it when it fails."""
    answers = _asked(plugin, "commands", lambda asked: asked.hook.commands())
    return [command for added in answers for command in added]


def _asked(plugin: Plugin, hook: str, ask: Callable[[pluggy.PluginManager], T]) -> T:
    manager = hooks()
    try:
        manager.register(plugin, name=plugin.name)
        _refuse_uncalled(plugin, manager)
        return ask(manager)
    except OmsError:
        raise
    except Exception as cause:  # whatever a stranger's code does when it is asked
        raise PluginError(
            "PLUGIN_REGISTER",
            f"plugin {plugin.name!r} failed in its {hook}(): {type(cause).__name__}: {cause}",
            hint=f"correct {hook}() of {type(plugin).__name__} in {type(plugin).__module__}",
        ) from cause


def _refuse_uncalled(plugin: Plugin, manager: pluggy.PluginManager) -> None:
    known = list(_named(CoreHooks))
    answered = [caller.name for caller in manager.get_hookcallers(plugin) or ()]
    for name in answered:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1) or known
            raise _uncalled(plugin, name, f"the core has no such hook: call it {' or '.join(near)}")
    for name in known:
        own = getattr(type(plugin), name, None)
        if name not in answered and own is not getattr(Plugin, name, None):
            raise _uncalled(plugin, name, f"put  @hookimpl  above  def {name}")


def _named(hooks: type) -> Iterator[str]:
    return (name for name in vars(hooks) if not name.startswith("_"))


def _uncalled(plugin: Plugin, method: str, hint: str) -> PluginError:
    return PluginError(
        "METHOD_UNCALLED",
        f"plugin {plugin.name!r}: nobody calls the method {method} of {type(plugin).__name__}",
        hint=hint,
    )
