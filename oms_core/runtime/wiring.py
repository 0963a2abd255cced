"""Turning registrations into live parts: services behind endpoints, handlers behind subscriptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from oms_core.auth import Authoriser, Seals
from oms_core.calls import Answers, Endpoints, HandoverLog
from oms_core.calls.idempotency import Claims
from oms_core.clock import Clock
from oms_core.errors import OmsError
from oms_core.messaging import Subscription
from oms_core.plugins import Plugin, Roster
from oms_core.plugins.contract import Contract, contract_of
from oms_core.plugins.injection import BoundStep, Injector
from oms_core.plugins.lifecycle import Phase
from oms_core.processes import Runner
from oms_core.runtime.asking import answer, answer_from_elsewhere, asking, offered
from oms_core.runtime.assembly import Assembly, kept
from oms_core.runtime.directory import DirectoryService, directory_of
from oms_core.runtime.passing import channels_of, passed_on
from oms_core.runtime.remotes import Neighbours
from oms_core.storage import Database, PluginTables, Storage

Values = Mapping[type, object]


@dataclass(frozen=True, slots=True)
class Parts:
    """What one plugin brings besides its endpoints and answers."""

    contracts: Sequence[Contract]
    subscriptions: Sequence[Subscription]
    steps: Mapping[Phase, BoundStep]


@dataclass(frozen=True, slots=True)
class Wired:
    """What serves and what listens, ready to be given to servers and messaging.

    A plugin that is off by now has no part in it.
    """

    roster: Roster
    endpoints: Endpoints
    answers: Answers
    """Whom a question in this process reaches, wherever they are."""
    answered: Answers
    """What plugins of this process answer, also to questions from others."""
    contracts_beside: list[Contract] = field(default_factory=list)
    """Those of the runtime itself, and of what is passed on."""
    parts: dict[str, Parts] = field(default_factory=dict)

    @property
    def subscriptions(self) -> list[Subscription]:
        """What the plugins that take part listen to."""
        return [one for parts in self.parts.values() for one in parts.subscriptions]

    @property
    def contracts(self) -> list[Contract]:
        """The contracts that are served or passed on, each once."""
        own = [one for parts in self.parts.values() for one in parts.contracts]
        return list({one.package: one for one in [*own, *self.contracts_beside]}.values())

    def fail(self, plugin: str, error: OmsError, *, phase: str) -> None:
        """Take a plugin that failed out, and whoever stands on it; raises when one must not be off."""
        self.roster.fail(plugin, error, phase=phase)
        for name in self.roster.off:
            self.endpoints.withdraw(name)
            self.answers.withdraw(name)
            self.answered.withdraw(name)
            self.parts.pop(name, None)


def tables_of(assembly: Assembly) -> list[PluginTables]:
    """Return what each plugin keeps, in dependency order.

    One that serves or listens but has no table still needs a role, under which its answers and its inbox
    are kept; one that does neither is left out.
    """
    return [
        kept(registration)
        for registration in assembly.registrations.values()
        if registration.tables or registration.services or registration.handlers or registration.processes
    ]


def wire(
    assembly: Assembly,
    database: Database,
    remotes: Neighbours,
    *,
    clock: Clock,
    seals: Seals,
    handovers: HandoverLog | None = None,
) -> Wired:
    """Build every service, handler, answer and lifecycle step of the plugins of this process.

    ``remotes`` leads to the others. A plugin that cannot be built is off, or raises PluginError that names
    what cannot be built.
    """
    values = _values(assembly, database, clock=clock, seals=seals)
    provider, directory, is_here = directory_of(assembly, values, remotes)
    endpoints = Endpoints(Authoriser(directory), claims=Claims(database, clock=clock))
    wired = Wired(assembly.roster, endpoints, offered(assembly), offered(assembly))
    if is_here:
        endpoints.add(DirectoryService(directory), plugin=provider)
        wired.contracts_beside.append(contract_of(DirectoryService, plugin=provider))
    wiring = _Wiring(assembly, wired, remotes, handovers)
    for one in list(assembly.roster.on):
        if one.elsewhere:
            hooks = {answer.hook for answer in one.manifest.answers} if one.manifest else set()
            answer_from_elsewhere(wired.answers, one.name, hooks, remotes.channel(one.name))
            wired.contracts_beside.extend(passed_on(one, endpoints, remotes))
        elif wired.roster.takes_part(one.name) and one.name in assembly.loaded:
            try:
                wired.parts[one.name] = wiring.parts(assembly.loaded[one.name], values[one.name])
            except OmsError as error:
                wired.fail(one.name, error, phase="wire")
    return wired


def _values(assembly: Assembly, database: Database, *, clock: Clock, seals: Seals) -> dict[str, Values]:
    """Return the ready objects that each plugin may ask for."""
    storing = {tables.plugin for tables in tables_of(assembly)}
    values: dict[str, Values] = {}
    for plugin in assembly.plugins:
        mine: dict[type, object] = {Clock: clock, Seals: seals}
        if plugin.name in storing:
            mine[Storage] = database.storage(plugin.name)
        if settings := assembly.settings.get(plugin.name):
            mine[type(settings)] = settings
        values[plugin.name] = mine
    return values


@dataclass(frozen=True, slots=True)
class _Wiring:
    """Where the parts of each plugin go."""

    assembly: Assembly
    wired: Wired
    remotes: Neighbours
    handovers: HandoverLog | None

    def parts(self, plugin: Plugin, values: Values) -> Parts:
        """Build what one plugin registered; its endpoints and answers go where all are."""
        alone = Injector(plugin, values)
        channels = channels_of(
            plugin, self.assembly, self.wired.endpoints, self.remotes, handovers=self.handovers
        )
        injector = asking(
            Injector(plugin, values, channels=channels), self.wired.answers, handovers=self.handovers
        )
        registration = self.assembly.registrations[plugin.name]
        for service in registration.services:
            self.wired.endpoints.add(injector.build(service), plugin=plugin.name)
        steps = {
            phase: (alone if phase is Phase.SETUP else injector).bind_step(step)
            for phase, step in ((Phase(name), step) for name, step in registration.lifecycle.items())
        }
        answer(self.wired.answered, registration, injector)
        if plugin.name in self.remotes:
            hooks = {one.hook.full_name for one in registration.answers}
            channel = self.remotes.channel(plugin.name)
            answer_from_elsewhere(self.wired.answers, plugin.name, hooks, channel)
        else:
            answer(self.wired.answers, registration, injector)
        contracts = [contract_of(service, plugin=plugin.name) for service in registration.services]
        return Parts(contracts, self._subscriptions(plugin, injector, values), steps)

    def _subscriptions(self, plugin: Plugin, injector: Injector, values: Values) -> list[Subscription]:
        registration = self.assembly.registrations[plugin.name]
        subscriptions = [
            Subscription(
                f"{plugin.name}.{handler.name}",
                handler.event,
                injector.bind(handler.function, handler.event),
                handler.ordered,
                handler.retry,
                handler.history,
            )
            for handler in registration.handlers
        ]
        for process in registration.processes:
            storage = values[Storage]
            assert isinstance(storage, Storage)
            clock = cast("Clock", values[Clock])
            runner = Runner(
                process, plugin=plugin.name, storage=storage, clock=clock, bind=injector.bind_deed
            )
            subscriptions += runner.subscriptions
        return subscriptions
