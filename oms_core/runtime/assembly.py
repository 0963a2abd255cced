"""Which plugins take part, in which line, and what each of them registered; nothing runs yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from oms_core.config import Config
from oms_core.errors import PluginError
from oms_core.plugins import Plugin, Registration, Registry, discover, in_dependency_order, load
from oms_core.plugins.discovery import choose
from oms_core.plugins.plugin import hooks
from oms_wire.service import Service


@dataclass(frozen=True, slots=True)
class Assembly:
    """The plugins in dependency order with their registrations, in the same order."""

    plugins: Sequence[Plugin]
    registrations: Mapping[str, Registration]

    @property
    def names(self) -> list[str]:
        """The plugins' names, in dependency order."""
        return [plugin.name for plugin in self.plugins]

    def served_by(self) -> dict[str, str]:
        """Return the plugin of each service, by the service's full name."""
        return {
            service.SERVICE: name
            for name, registration in self.registrations.items()
            for service in registration.services
        }

    def callable_by(self, plugin: Plugin) -> set[str]:
        """Return the full names of the services that ``plugin`` may call: those of what it requires."""
        allowed = {plugin.name, *plugin.requires}
        return {service for service, owner in self.served_by().items() if owner in allowed}


def assemble(config: Config) -> Assembly:
    """Find, load, put in line and register the plugins; raises PluginError that names the one at fault."""
    plugins = in_dependency_order(load(one) for one in choose(discover(), config.plugins))
    manager = hooks()
    for plugin in plugins:
        manager.register(plugin, name=plugin.name)
    registrations = {plugin.name: Registration(plugin.name) for plugin in plugins}
    # Our own loop: pluggy calls the newest first, plugins register in dependency order.
    for implementation in manager.hook.register.get_hookimpls():
        implementation.function(oms=Registry(registrations[implementation.plugin_name]))
    _refuse_rivals(registrations)
    return Assembly(plugins, registrations)


def _refuse_rivals(registrations: Mapping[str, Registration]) -> None:
    owners: dict[str, tuple[str, type[Service]]] = {}
    for name, registration in registrations.items():
        for service in registration.services:
            rival = owners.setdefault(service.SERVICE, (name, service))
            if rival[1] is not service:
                raise PluginError(
                    "SERVICE_RIVALS",
                    f"plugins {rival[0]!r} and {name!r} both serve {service.SERVICE}",
                    hint="take one of them out of `plugins`",
                )
