"""What a plugin hands to the runtime: a builder, never the live application."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from piccolo.table import Table

from oms_core.errors import PluginError
from oms_wire.event import EventMessage
from oms_wire.service import Service

E = TypeVar("E", bound=EventMessage)
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that reacts to one kind of event; its other parameters are injected by type."""

    event: type[EventMessage]
    function: Callable[..., Awaitable[None]]

    @property
    def name(self) -> str:
        """The function's own name; with the plugin's it names the consumer for ever."""
        return self.function.__name__


@dataclass(slots=True)
class Registration:
    """Everything that one plugin registered."""

    plugin: str
    services: list[type[Service]] = field(default_factory=list)
    tables: list[type[Table]] = field(default_factory=list)
    migrations: Path | None = None
    handlers: list[Handler] = field(default_factory=list)
    provided: dict[object, type] = field(default_factory=dict)


class Registry:
    """Collects what one plugin serves, stores and listens to."""

    def __init__(self, registration: Registration) -> None:
        self.registration = registration

    def serve(self, service: type[Service]) -> None:
        """Serve an implementation of a generated service base; its constructor is injected by type."""
        missing = sorted(getattr(service, "__abstractmethods__", ()))
        if missing:
            raise PluginError(
                "SERVICE_INCOMPLETE",
                f"plugin {self.registration.plugin!r}: {service.__name__} lacks {', '.join(missing)}",
                hint=f"implement every method that the contract of {service.SERVICE} declares",
            )
        self.registration.services.append(service)

    def tables(self, *tables: type[Table]) -> None:
        """Keep data in these tables; their migrations lie in ``migrations/`` beside the first one."""
        self.registration.tables.extend(tables)
        self.registration.migrations = Path(inspect.getfile(tables[0])).parent / "migrations"

    def on(self, event: type[E], handler: Callable[Concatenate[E, P], Awaitable[None]]) -> None:
        """React to an event: once per event, retried, and held back behind an earlier one that fails."""
        taken = {known.name for known in self.registration.handlers}
        if handler.__name__ in taken:
            raise PluginError(
                "HANDLER_DUPLICATE",
                f"plugin {self.registration.plugin!r} registers two handlers named {handler.__name__!r}",
                hint="give each handler function a name of its own: the name identifies the consumer",
            )
        self.registration.handlers.append(Handler(event, handler))

    def provide(self, port: Callable[..., object], implementation: type[Any]) -> None:
        """Fill one of the core's ports, for example the directory of nodes and roles."""
        self.registration.provided[port] = implementation
