"""Turning registrations into live parts: services behind endpoints, handlers behind subscriptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from oms_core.auth import Authoriser, Directory, Seals
from oms_core.calls import Answers, Endpoints, LocalChannel
from oms_core.calls.idempotency import Claims
from oms_core.clock import Clock
from oms_core.errors import OmsError
from oms_core.messaging import Subscription
from oms_core.plugins import Plugin, Roster
from oms_core.plugins.contract import Contract, contract_of
from oms_core.plugins.injection import BoundStep, Injector
from oms_core.plugins.lifecycle import Phase
from oms_core.processes import Runner
from oms_core.runtime.asking import answer, asking, offered
from oms_core.runtime.assembly import Assembly, kept
from oms_core.runtime.no_directory import no_directory
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
    parts: dict[str, Parts] = field(default_factory=dict)

    @property
    def subscriptions(self) -> list[Subscription]:
        """What the plugins that take part listen to."""
        return [one for parts in self.parts.values() for one in parts.subscriptions]

    @property
    def contracts(self) -> list[Contract]:
        """The contracts that are served, each once."""
        found = {one.package: one for parts in self.parts.values() for one in parts.contracts}
        return list(found.values())

    def fail(self, plugin: str, error: OmsError, *, phase: str) -> None:
        """Take a plugin that failed out, and whoever stands on it; raises when one must not be off."""
        self.roster.fail(plugin, error, phase=phase)
        for name in self.roster.off:
            self.endpoints.withdraw(name)
            self.answers.withdraw(name)
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


def wire(assembly: Assembly, database: Database, *, clock: Clock, seals: Seals) -> Wired:
    """Build every service, handler, answer and lifecycle step.

    A plugin that cannot be built is off, or raises PluginError that names what cannot be built.
    """
    storing = {tables.plugin for tables in tables_of(assembly)}
    values: dict[str, Values] = {}
    for plugin in assembly.plugins:
        mine: dict[type, object] = {Clock: clock, Seals: seals}
        if plugin.name in storing:
            mine[Storage] = database.storage(plugin.name)
        if settings := assembly.settings.get(plugin.name):
            mine[type(settings)] = settings
        values[plugin.name] = mine
    authoriser = Authoriser(_directory(assembly, values))
    endpoints = Endpoints(authoriser, claims=Claims(database, clock=clock))
    wired = Wired(assembly.roster, endpoints, offered(assembly))
    for plugin in assembly.plugins:
        if wired.roster.takes_part(plugin.name):
            try:
                wired.parts[plugin.name] = _parts(assembly, plugin, wired, values[plugin.name])
            except OmsError as error:
                wired.fail(plugin.name, error, phase="wire")
    return wired


def _parts(assembly: Assembly, plugin: Plugin, wired: Wired, values: Values) -> Parts:
    """Build what one plugin registered; its endpoints and answers go where all are."""
    channel = LocalChannel(wired.endpoints, actor=plugin.name, requires=plugin.requires)
    alone = Injector(plugin, values)
    injector = Injector(plugin, values, channel=channel, callable_services=assembly.callable_by(plugin))
    injector = asking(injector, wired.answers)
    registration = assembly.registrations[plugin.name]
    for service in registration.services:
        wired.endpoints.add(injector.build(service), plugin=plugin.name)
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
        runner = Runner(process, plugin=plugin.name, storage=storage, clock=clock, bind=injector.bind_deed)
        subscriptions += runner.subscriptions
    steps = {
        phase: (alone if phase is Phase.SETUP else injector).bind_step(step)
        for phase, step in ((Phase(name), step) for name, step in registration.lifecycle.items())
    }
    answer(wired.answers, registration, injector)
    contracts = [contract_of(service, plugin=plugin.name) for service in registration.services]
    return Parts(contracts, subscriptions, steps)


def _directory(assembly: Assembly, values: Mapping[str, Values]) -> Directory:
    """Build the one directory of nodes and roles; it may store and cache, but call nobody."""
    providers = [
        (plugin, kind)
        for plugin in assembly.plugins
        if (kind := assembly.registrations[plugin.name].provided.get(Directory))
    ]
    if len(providers) != 1:
        raise no_directory([plugin.name for plugin, _ in providers], assembly.roster)
    plugin, kind = providers[0]
    directory: Directory = Injector(plugin, values[plugin.name]).build(kind)
    return directory
