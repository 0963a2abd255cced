"""Giving functions and services what they ask for, by type.

What may be asked for is a closed list: generated clients, ``Storage``, the plugin's settings class,
``Clock``, ``Seals`` and ``logging.Logger``; a handler may also ask for a ``Transaction``. Everything is
resolved when the plugin is loaded, so that a wrong parameter stops the start, by name.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar, get_type_hints

from oms_core.errors import PluginError
from oms_core.plugins.plugin import Plugin
from oms_core.storage import Storage, Transaction
from oms_wire.event import EventMessage
from oms_wire.service import Channel, Client

T = TypeVar("T")
Bound = Callable[[EventMessage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Injector:
    """Resolves the parameters of one plugin's services and handlers.

    ``values`` are ready objects by type (storage, settings, clock, seals); ``callable_services`` are the
    full names of the services that the plugin may call over ``channel``; without one it calls nobody.
    """

    plugin: Plugin
    values: Mapping[type, object]
    channel: Channel | None = None
    callable_services: Collection[str] = ()

    def build(self, kind: type[T]) -> T:
        """Return a ``kind`` whose constructor got what it asked for; raises PluginError by parameter."""
        return kind(**self._arguments(kind.__init__, kind.__name__, skip=1))

    def bind(self, handler: Callable[..., Awaitable[None]], event: type[EventMessage]) -> Bound:
        """Return ``handler`` as a function of the event alone; raises PluginError by parameter."""
        name = handler.__name__
        first, *_ = inspect.signature(handler).parameters.values()
        if _hints(handler, self.plugin.name).get(first.name) is not event:
            raise self._error(name, first.name, f"must be annotated {event.__name__}, the event it handles")
        wants_transaction = [
            parameter for parameter, kind in _hints(handler, self.plugin.name).items() if kind is Transaction
        ]
        arguments = self._arguments(handler, name, skip=1, besides=wants_transaction)
        if not wants_transaction:
            return lambda message: handler(message, **arguments)
        storage = self.values[Storage]
        assert isinstance(storage, Storage)
        parameter = wants_transaction[0]

        async def within(message: EventMessage) -> None:
            async with storage.transaction() as tx:
                await handler(message, **arguments, **{parameter: tx})

        return within

    def _arguments(
        self, function: Callable[..., object], name: str, *, skip: int, besides: Collection[str] = ()
    ) -> dict[str, object]:
        hints = _hints(function, self.plugin.name)
        wanted = [p for p in list(inspect.signature(function).parameters)[skip:] if p not in besides]
        if function is object.__init__:
            return {}
        return {parameter: self._value(name, parameter, hints.get(parameter)) for parameter in wanted}

    def _value(self, name: str, parameter: str, kind: object) -> object:
        if isinstance(kind, type):
            if kind in self.values:
                return self.values[kind]
            if kind is logging.Logger:
                return logging.getLogger(f"oms.{self.plugin.name}")
            if issubclass(kind, Client):
                return self._client(name, parameter, kind)
        offered = ", ".join(sorted(offer.__name__ for offer in self.values))
        raise self._error(name, parameter, f"cannot be injected; offered are {offered}, Logger and clients")

    def _client(self, name: str, parameter: str, kind: type[Client]) -> Client:
        if self.channel is None or kind.SERVICE not in self.callable_services:
            raise self._error(
                name, parameter, f"is a client of {kind.SERVICE}, which no plugin in `requires` serves"
            )
        return kind(self.channel)

    def _error(self, name: str, parameter: str, problem: str) -> PluginError:
        return PluginError(
            "PLUGIN_PARAMETER",
            f"plugin {self.plugin.name!r}: parameter {parameter!r} of {name} {problem}",
            hint="correct the annotation, or add the plugin that serves it to `requires`",
        )


def _hints(function: Callable[..., object], plugin: str) -> dict[str, object]:
    try:
        return get_type_hints(function)
    except NameError as error:
        raise PluginError(
            "PLUGIN_ANNOTATION",
            f"plugin {plugin!r}: the annotations of {function.__qualname__} cannot be read: {error}",
            hint="import the name at run time, not under TYPE_CHECKING",
        ) from None
