"""Turning registrations into live parts: services behind endpoints, handlers behind subscriptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from oms_core.auth import Authoriser, Directory, Seals
from oms_core.calls import Endpoints, LocalChannel
from oms_core.calls.idempotency import Claims
from oms_core.clock import Clock
from oms_core.config import Config
from oms_core.config.load import convert
from oms_core.errors import ConfigError, PluginError
from oms_core.messaging import Subscription
from oms_core.plugins import Plugin
from oms_core.plugins.contract import Contract, contract_of
from oms_core.plugins.injection import Injector
from oms_core.runtime.assembly import Assembly
from oms_core.storage import Database, PluginTables, Storage

Values = Mapping[type, object]


@dataclass(frozen=True, slots=True)
class Wired:
    """What serves and what listens, ready to be given to servers and messaging."""

    endpoints: Endpoints
    subscriptions: Sequence[Subscription]
    contracts: Sequence[Contract]


def tables_of(assembly: Assembly) -> list[PluginTables]:
    """Return what each plugin keeps, in dependency order.

    One that serves or listens but has no table still needs a role, under which its answers and its inbox
    are kept; one that does neither is left out.
    """
    return [
        PluginTables(name, tuple(registration.tables), registration.migrations)
        for name, registration in assembly.registrations.items()
        if registration.tables or registration.services or registration.handlers
    ]


def wire(assembly: Assembly, config: Config, database: Database, *, clock: Clock, seals: Seals) -> Wired:
    """Build every service and handler; raises PluginError or ConfigError naming what cannot be built."""
    _refuse_settings_of_strangers(assembly, config)
    storing = {tables.plugin for tables in tables_of(assembly)}
    values: dict[str, Values] = {}
    for plugin in assembly.plugins:
        mine: dict[type, object] = {Clock: clock, Seals: seals}
        if plugin.name in storing:
            mine[Storage] = database.storage(plugin.name)
        if plugin.settings is not None:
            table = config.settings.get(plugin.name, {})
            mine[plugin.settings] = convert(table, plugin.settings, what=f"[settings.{plugin.name}]")
        values[plugin.name] = mine
    authoriser = Authoriser(_directory(assembly, values))
    endpoints = Endpoints(authoriser, claims=Claims(database, clock=clock))
    contracts: dict[str, Contract] = {}
    subscriptions: list[Subscription] = []
    for plugin in assembly.plugins:
        injector = _injector(assembly, plugin, endpoints, values[plugin.name])
        registration = assembly.registrations[plugin.name]
        for service in registration.services:
            contract = contract_of(service)
            contracts[contract.package] = contract
            endpoints.add(injector.build(service), plugin=plugin.name)
        subscriptions += [
            Subscription(
                f"{plugin.name}.{handler.name}", handler.event, injector.bind(handler.function, handler.event)
            )
            for handler in registration.handlers
        ]
    return Wired(endpoints, subscriptions, list(contracts.values()))


def _injector(assembly: Assembly, plugin: Plugin, endpoints: Endpoints, values: Values) -> Injector:
    channel = LocalChannel(endpoints, actor=plugin.name, requires=plugin.requires)
    return Injector(plugin, values, channel=channel, callable_services=assembly.callable_by(plugin))


def _directory(assembly: Assembly, values: Mapping[str, Values]) -> Directory:
    """Build the one directory of nodes and roles; it may store and cache, but call nobody."""
    providers = [
        (plugin, kind)
        for plugin in assembly.plugins
        if (kind := assembly.registrations[plugin.name].provided.get(Directory))
    ]
    if len(providers) != 1:
        names = ", ".join(repr(plugin.name) for plugin, _ in providers) or "none"
        raise PluginError(
            "DIRECTORY",
            f"exactly one plugin must provide the directory of nodes and roles; here: {names}",
            hint="name one such plugin in `plugins`, for example 'identity'",
        )
    plugin, kind = providers[0]
    directory: Directory = Injector(plugin, values[plugin.name]).build(kind)
    return directory


def _refuse_settings_of_strangers(assembly: Assembly, config: Config) -> None:
    for name in config.settings:
        if name not in assembly.registrations:
            raise ConfigError(
                "CONFIG_INVALID",
                f"[settings.{name}]: no plugin of that name takes part",
                hint=f"plugins are {', '.join(assembly.names)}",
            )
