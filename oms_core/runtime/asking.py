"""Which plugin offers, asks and answers which hooks, from what each registered, here and elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any, cast

from oms_core.calls import Answers, HandoverLog, LocalHooks
from oms_core.errors import PluginError
from oms_core.plugins import Installed, Registration
from oms_core.plugins.injection import Injector
from oms_core.runtime.assembly import Assembly
from oms_wire.hook import HookSet
from oms_wire.hook_proxy import HookProxy, answers_of
from oms_wire.service import Channel


def offered(assembly: Assembly) -> Answers:
    """Return every hook that some plugin offers, not answered yet; raises PluginError naming two rivals.

    Of those that a plugin of another process offers only what is answered, or may be asked, in this one.
    """
    roster = assembly.roster
    gone = [one.manifest for one in roster.line if one.manifest and one.name in roster.off]
    answers = Answers(off={hook.name: manifest.name for manifest in gone for hook in manifest.hooks})
    for name, registration in assembly.registrations.items():
        for hooks in registration.hooks:
            answers.offer(hooks, plugin=name)
    for one in roster.away:
        for hooks in _of_interest(one, assembly):
            answers.offer(hooks, plugin=one.name)
    return answers


def asking(injector: Injector, answers: Answers, *, handovers: HandoverLog | None = None) -> Injector:
    """Return ``injector`` with callers for the hooks of its own plugin and of those that it requires."""
    plugin = injector.plugin
    allowed = {plugin.name, *plugin.requires}
    return replace(
        injector,
        hooks=LocalHooks(answers, actor=plugin.name, handovers=handovers),
        askable_services={service for service, owner in answers.offered_by.items() if owner in allowed},
    )


def answer(answers: Answers, registration: Registration, injector: Injector) -> None:
    """Bind and add a plugin's answers, in the line of plugins; raises PluginError naming the wrong one."""
    answers.add(registration.plugin, [(one.hook, injector.bind_answer(one)) for one in registration.answers])


def answer_from_elsewhere(answers: Answers, plugin: str, answered: set[str], channel: Channel) -> None:
    """Add what ``plugin`` answers in another process, of the hooks that can be asked in this one."""
    for hooks in answers.sets:
        if not any(hook.full_name in answered for hook in hooks.HOOKS):
            continue
        proxy = _proxy_of(hooks)(channel)
        answers.add(plugin, [pair for pair in answers_of(proxy) if pair[0].full_name in answered])


def _of_interest(one: Installed, assembly: Assembly) -> Iterator[type[HookSet]]:
    wanted = {answer.hook.service for found in assembly.registrations.values() for answer in found.answers}
    required = any(one.name in plugin.requires for plugin in assembly.plugins)
    contracts = {
        hook.contract: hook.name.partition("/")[0] for hook in (one.manifest.hooks if one.manifest else ())
    }
    for contract, service in contracts.items():
        if required or service in wanted:
            yield _imported(contract, one.name)


def _imported(contract: str, plugin: str) -> type[HookSet]:
    package, _, name = contract.rpartition(".")
    try:
        return cast("type[HookSet]", getattr(import_module(package), name))
    except (ImportError, AttributeError, ValueError) as cause:
        raise PluginError(
            "CONTRACT_MISSING",
            f"the hooks {contract or 'without a name'} of plugin {plugin!r} are not installed here: {cause}",
            hint=f"install the contracts of {plugin!r}, of the version that runs there",
        ) from cause


def _proxy_of(hooks: type[HookSet]) -> type[HookProxy]:
    """Return the generated proxy that stands beside a class of hooks."""
    proxies: Any = import_module(hooks.__module__)
    return cast("type[HookProxy]", getattr(proxies, f"{hooks.__name__}Proxy"))
