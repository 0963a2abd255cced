"""Which plugin offers, asks and answers which hooks, from what each registered."""

from __future__ import annotations

from dataclasses import replace

from oms_core.calls import Answers, LocalHooks
from oms_core.plugins import Registration
from oms_core.plugins.injection import Injector
from oms_core.runtime.assembly import Assembly


def offered(assembly: Assembly) -> Answers:
    """Return every hook that some plugin offers, not answered yet; raises PluginError naming two rivals."""
    roster = assembly.roster
    gone = [one.manifest for one in roster.line if one.manifest and one.name in roster.off]
    answers = Answers(off={hook.name: manifest.name for manifest in gone for hook in manifest.hooks})
    for name, registration in assembly.registrations.items():
        for hooks in registration.hooks:
            answers.offer(hooks, plugin=name)
    return answers


def asking(injector: Injector, answers: Answers) -> Injector:
    """Return ``injector`` with callers for the hooks of its own plugin and of those that it requires."""
    plugin = injector.plugin
    allowed = {plugin.name, *plugin.requires}
    return replace(
        injector,
        hooks=LocalHooks(answers, actor=plugin.name),
        askable_services={service for service, owner in answers.offered_by.items() if owner in allowed},
    )


def answer(answers: Answers, registration: Registration, injector: Injector) -> None:
    """Bind and add a plugin's answers, in the line of plugins; raises PluginError naming the wrong one."""
    answers.add(registration.plugin, [(one.hook, injector.bind_answer(one)) for one in registration.answers])
