"""Who answers which hook, in plugin order: pluggy's register, with the generated specs in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import pluggy

from oms_core.errors import PluginError
from oms_wire.hook import Hook, HookSet

Ask = Callable[[Any], Awaitable[object]]
"""An answer as a function of the message alone; its parameter is called ``question``, as in the spec."""


class Answers:
    """The answers to every hook; filled while the application is put together, asked for each question.

    ``off`` names, by the full name of a hook, the plugin that would offer it and is off.
    """

    def __init__(self, *, off: Mapping[str, str] | None = None) -> None:
        self._off = off or {}
        self._registers: dict[str, _Register] = {}
        self._offered_by: dict[str, str] = {}
        self._callers: dict[str, pluggy.HookCaller] = {}
        self._sets: dict[str, type[HookSet]] = {}

    def offer(self, hooks: type[HookSet], *, plugin: str) -> None:
        """Let other plugins answer ``hooks`` of ``plugin``; raises PluginError when another offers them."""
        rival = self._offered_by.setdefault(hooks.SERVICE, plugin)
        if hooks.SERVICE in self._registers:
            raise PluginError(
                "HOOK_RIVALS",
                f"plugins {rival!r} and {plugin!r} both offer the hooks of {hooks.SERVICE}",
                hint="take one of them out of `plugins`",
            )
        register = self._registers[hooks.SERVICE] = _Register(hooks.SERVICE)
        register.add_hookspecs(hooks.SPEC)
        self._sets[hooks.SERVICE] = hooks
        for hook in hooks.HOOKS:
            self._callers[hook.full_name] = getattr(register.hook, hook.name)

    def add(self, plugin: str, answers: Sequence[tuple[Hook[Any, Any], Ask]]) -> None:
        """Register all answers of ``plugin``, which stands behind those that were added before.

        Raises PluginError for a hook that nobody offers.
        """
        by_service: dict[str, dict[str, Ask]] = {}
        for hook, ask in answers:
            if hook.full_name not in self._callers:
                raise self._not_offered(hook, plugin)
            by_service.setdefault(hook.service, {})[hook.name] = ask
        for service, asks in by_service.items():
            self._registers[service].register(_Implementation(asks), name=plugin)

    def _not_offered(self, hook: Hook[Any, Any], plugin: str) -> PluginError:
        if owner := self._off.get(hook.full_name):
            which = f"which plugin {owner!r} offers, and {owner!r} is off"
            hint = (
                f"mend {owner!r}; or name it in `requires` of {plugin!r}, and let {plugin!r} be off with it"
            )
        else:
            which = "which no plugin here offers"
            hint = f"add the plugin that has the contract {hook.package} to `plugins`"
        return PluginError(
            "HOOK_NOT_OFFERED", f"plugin {plugin!r} answers {hook.full_name}, {which}", hint=hint
        )

    def withdraw(self, plugin: str) -> None:
        """Ask ``plugin`` nothing any more."""
        for register in self._registers.values():
            if register.has_plugin(plugin):
                register.unregister(name=plugin)

    def to(self, hook: Hook[Any, Any]) -> Sequence[pluggy.HookImpl]:
        """Return who answers, in plugin order: ``plugin_name`` and ``function`` of each."""
        return self._callers[hook.full_name].get_hookimpls()

    @property
    def sets(self) -> Sequence[type[HookSet]]:
        """The classes of hooks that are offered."""
        return list(self._sets.values())

    @property
    def answered(self) -> Sequence[type[HookSet]]:
        """Those of ``sets`` that somebody answers."""
        return [one for one in self._sets.values() if any(self.to(hook) for hook in one.HOOKS)]

    @property
    def offered_by(self) -> Mapping[str, str]:
        """The plugin of each service of hooks, by the service's full proto name."""
        return self._offered_by


class _Implementation:
    """The answers of one plugin to the hooks of one service, as pluggy wants them: one object."""

    def __init__(self, asks: Mapping[str, Ask]) -> None:
        vars(self).update(asks)


class _Register(pluggy.PluginManager):
    """pluggy without its markers, which a contract's code cannot have: all that a spec says is a hook."""

    def parse_hookspec_opts(self, module_or_class: object, name: str) -> pluggy.HookspecOpts | None:
        if name.startswith("_") or not callable(getattr(module_or_class, name)):
            return None
        return pluggy.HookspecOpts(
            firstresult=False, historic=False, warn_on_impl=None, warn_on_impl_args=None
        )

    def parse_hookimpl_opts(self, plugin: object, name: str) -> pluggy.HookimplOpts | None:
        if name not in vars(plugin):
            return None
        return pluggy.HookimplOpts(
            wrapper=False, hookwrapper=False, optionalhook=False, tryfirst=False, trylast=False, specname=None
        )
