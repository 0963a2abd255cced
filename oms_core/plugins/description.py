"""What a plugin's manifest should say: from its class, what it registers, and its contracts."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any

import click

from oms_core.config.schema import schema_of
from oms_core.errors import PluginError
from oms_core.plugins import manifest as parts
from oms_core.plugins.contract import Contract, contract_of
from oms_core.plugins.manifest import Manifest
from oms_core.plugins.plugin import Plugin
from oms_core.plugins.registry import Registration
from oms_core.storage.tables import table_name
from oms_wire.event import EventType
from oms_wire.hook import HookSet
from oms_wire.method import Method
from oms_wire.service import Service

_AT_BUILD = {"distribution", "version", "commands"}
"""What only the project knows, and what is not looked at before a command runs."""


def describe(
    plugin: Plugin,
    registration: Registration,
    *,
    distribution: str = "",
    version: str = "",
    commands: Sequence[click.Command] = (),
) -> Manifest:
    """Return the manifest of a plugin that registered; raises PluginError for settings without a schema."""
    contracts = {service: contract_of(service, plugin=plugin.name) for service in registration.services}
    return Manifest(
        name=plugin.name,
        distribution=distribution,
        version=version,
        api=plugin.api,
        summary=_summary(plugin),
        requires=list(plugin.requires),
        after=list(plugin.after),
        permissions=_permissions(registration.services),
        services=[_service(service, contract) for service, contract in contracts.items()],
        hooks=[hook for hooks in registration.hooks for hook in _hooks(hooks)],
        answers=[
            parts.HookAnswer(hook=answer.hook.full_name, function=answer.function.__name__)
            for answer in registration.answers
        ],
        events=events_of(_packages(registration, contracts.values())),
        handles=[
            parts.HandledEvent(
                name=handler.event.EVENT.name,
                version=handler.event.EVENT.version,
                handler=handler.name,
                ordered=handler.ordered,
                history=handler.history,
            )
            for handler in registration.handlers
        ],
        processes=[
            parts.RunProcess(
                name=process.name,
                hears=sorted(event.EVENT.name for event in process.heard),
                does=sorted(process.deeds),
            )
            for process in registration.processes
        ],
        tables=[table_name(table) for table in registration.tables],
        provides=[getattr(port, "__name__", str(port)) for port in registration.provided],
        lifecycle=list(registration.lifecycle),
        commands=[
            parts.Command(name=command.name or "", help=command.get_short_help_str(limit=80))
            for command in commands
        ],
        settings=_settings(plugin),
    )


def events_of(packages: Iterable[str]) -> list[parts.PublishedEvent]:
    """Return the events that these generated packages declare, by name."""
    found: dict[str, parts.PublishedEvent] = {}
    for package in sorted(packages):
        for kind in vars(import_module(package)).values():
            event = getattr(kind, "EVENT", None)
            if isinstance(event, EventType):
                found[event.name] = parts.PublishedEvent(
                    name=event.name, version=event.version, message=f"{package}.{kind.__name__}"
                )
    return [found[name] for name in sorted(found)]


def differences(written: Manifest, registered: Manifest) -> list[str]:
    """Return what ``registered`` has that ``written`` has not, and the other way round, part by part."""
    found: list[str] = []
    for part in Manifest.__struct_fields__:
        old, new = getattr(written, part), getattr(registered, part)
        if part in _AT_BUILD or old == new:
            continue
        gone, added = _names(old, but=new), _names(new, but=old)
        details = [f"lacks {', '.join(added)}"] if added else []
        details += [f"still has {', '.join(gone)}"] if gone else []
        found.append(f"{part} ({'; '.join(details)})" if details else part)
    return found


def _names(old: object, *, but: object) -> list[str]:
    if not isinstance(old, list) or not isinstance(but, list):
        return []
    known = {_name(one) for one in but}
    return [name for one in old if (name := _name(one)) not in known]


def _name(entry: object) -> str:
    return str(getattr(entry, "name", None) or getattr(entry, "hook", None) or entry)


def _summary(plugin: Plugin) -> str:
    # Not the docstring that Plugin itself has.
    own = inspect.cleandoc(type(plugin).__dict__.get("__doc__") or "")
    return " ".join(own.partition("\n\n")[0].split())


def _permissions(services: Sequence[type[Service]]) -> list[parts.Permission]:
    roles: dict[str, dict[str, None]] = {}
    for service in services:
        for method in service.METHODS:
            if method.access.permission:
                roles.setdefault(method.access.permission, {}).update(dict.fromkeys(method.access.roles))
            for field in method.access.fields:
                roles.setdefault(field.permission, {}).update(dict.fromkeys(field.roles))
    return [parts.Permission(name=name, roles=list(held)) for name, held in sorted(roles.items())]


def _service(service: type[Service], contract: Contract) -> parts.ServedService:
    routes: dict[str, list[str]] = {}
    for route in contract.routes:
        routes.setdefault(route.method.full_name, []).append(f"{route.http_method} {route.template}")
    methods = [_rpc(method, routes.get(method.full_name, [])) for method in service.METHODS]
    return parts.ServedService(name=service.SERVICE, contract=contract.package, methods=methods)


def _rpc(method: Method[Any, Any], routes: list[str]) -> parts.Rpc:
    return parts.Rpc(
        name=method.full_name.partition("/")[2],
        permission=method.access.permission,
        scope=method.access.scope.name.lower(),
        idempotency=method.idempotency.name.lower(),
        routes=routes,
    )


def _hooks(hooks: type[HookSet]) -> Iterator[parts.OfferedHook]:
    for hook in hooks.HOOKS:
        yield parts.OfferedHook(
            name=hook.full_name,
            contract=f"{hooks.__module__.rpartition('.')[0]}.{hooks.__name__}",
            combine=hook.combine.value,
            deadline_ms=round(hook.deadline * 1000),
            on_failure=hook.on_failure.value,
        )


def _packages(registration: Registration, contracts: Iterable[Contract]) -> set[str]:
    """Return the generated packages that are the plugin's own: of what it serves, and of hooks it offers."""
    offering = {hooks.__module__.rpartition(".")[0] for hooks in registration.hooks}
    return offering | {contract.package for contract in contracts}


def _settings(plugin: Plugin) -> parts.Schema | None:
    if plugin.settings is None:
        return None
    try:
        return dict(schema_of(plugin.settings))
    except (NotImplementedError, TypeError) as error:
        raise PluginError(
            "SETTINGS_SCHEMA",
            f"plugin {plugin.name!r}: its settings class {plugin.settings.__name__} has no schema: {error}",
            hint="use numbers, texts, booleans, paths, and lists and tables of them",
        ) from None
