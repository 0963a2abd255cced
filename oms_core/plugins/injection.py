"""Giving functions and services what they ask for, by type.

What may be asked for is a closed list: generated clients and hook callers, ``Storage``, the plugin's
settings class, ``Clock``, ``Seals`` and ``logging.Logger``; a handler or an answer may also ask for a
``Transaction``. Everything is resolved when the plugin is loaded, so that a wrong parameter stops the
start, by name.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, get_type_hints

from oms_core.errors import OmsError, PluginError
from oms_core.plugins.answering import refuse_no_function, refuse_wrong_types
from oms_core.plugins.plugin import Plugin
from oms_core.storage import Storage, Transaction
from oms_wire.event import EventMessage
from oms_wire.hook import Answer, HookCaller, Hooks
from oms_wire.service import Channel, Client

T = TypeVar("T")
Bound = Callable[[EventMessage], Awaitable[None]]
BoundStep = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Injector:
    """Resolves the parameters of one plugin's services, handlers and answers.

    ``values`` are ready objects by type (storage, settings, clock, seals); ``channels`` lead to the services
    that the plugin may call, by their full names; None: nobody can be called yet.
    ``askable_services`` are those whose hooks it may ask through ``hooks``.
    """

    plugin: Plugin
    values: Mapping[type, object]
    channels: Mapping[str, Channel] | None = None
    hooks: Hooks | None = None
    askable_services: Collection[str] = ()

    def build(self, kind: type[T]) -> T:
        """Return a ``kind`` whose constructor got what it asked for; raises PluginError by parameter."""
        arguments = self._arguments(kind.__init__, kind.__name__, skip=1)
        try:
            return kind(**arguments)
        except OmsError:
            raise
        except Exception as cause:  # whatever a stranger's constructor does
            raise PluginError(
                "PLUGIN_BUILD",
                f"plugin {self.plugin.name!r}: {kind.__name__} cannot be built: "
                f"{type(cause).__name__}: {cause}",
                hint="correct its __init__; what may fail on a given day belongs into a setup",
            ) from cause

    def bind(self, handler: Callable[..., Awaitable[None]], event: type[EventMessage]) -> Bound:
        """Return ``handler`` as a function of the event alone; raises PluginError by parameter."""
        name = handler.__name__
        first = next(iter(inspect.signature(handler).parameters), "event")
        if _hints(handler, self.plugin.name).get(first) is not event:
            raise self._error(name, first, f"must be annotated {event.__name__}, the event it handles")
        return self._bound(handler)

    def bind_answer(self, answer: Answer[Any, Any]) -> Callable[[Any], Awaitable[object]]:
        """Return the function as one of the message alone; raises PluginError for a wrong type, by name."""
        function = answer.function
        refuse_no_function(answer, plugin=self.plugin.name)
        refuse_wrong_types(answer, _hints(function, self.plugin.name), plugin=self.plugin.name)
        bound = self._bound(function)

        async def ask(question: Any) -> object:
            return await bound(question)

        return ask

    def bind_deed(self, function: Callable[..., Awaitable[Any]]) -> Callable[[Any], Awaitable[Any]]:
        """Return what a process does as a function of the command alone; raises PluginError by parameter."""
        return self._bound(function)

    def bind_step(self, step: Callable[..., Awaitable[None]]) -> BoundStep:
        """Return what a plugin does in a phase as a function of nothing; raises PluginError by parameter."""
        return partial(step, **self._arguments(step, step.__name__, skip=0))

    def _bound(self, function: Callable[..., Awaitable[T]]) -> Callable[[Any], Awaitable[T]]:
        name = function.__name__
        wants_transaction = [
            parameter for parameter, kind in _hints(function, self.plugin.name).items() if kind is Transaction
        ]
        arguments = self._arguments(function, name, skip=1, besides=wants_transaction)
        if not wants_transaction:
            return lambda message: function(message, **arguments)
        storage, parameter = self.values.get(Storage), wants_transaction[0]
        if not isinstance(storage, Storage):
            raise self._error(name, parameter, "is a transaction of a plugin that keeps nothing")

        async def within(message: object) -> T:
            async with storage.transaction() as tx:
                return await function(message, **arguments, **{parameter: tx})

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
            if issubclass(kind, HookCaller):
                return self._hook_caller(name, parameter, kind)
        offered = ", ".join(sorted(offer.__name__ for offer in self.values))
        raise self._error(
            name, parameter, f"cannot be injected; offered are {offered}, Logger, clients and hook callers"
        )

    def _client(self, name: str, parameter: str, kind: type[Client]) -> Client:
        if self.channels is None:
            raise self._error(name, parameter, f"is a client of {kind.SERVICE}, and nobody can be called yet")
        channel = self.channels.get(kind.SERVICE)
        if channel is None:
            raise self._error(
                name, parameter, f"is a client of {kind.SERVICE}, which no plugin in `requires` serves"
            )
        return kind(channel)

    def _hook_caller(self, name: str, parameter: str, kind: type[HookCaller]) -> HookCaller:
        if self.hooks is None or kind.SERVICE not in self.askable_services:
            raise self._error(
                name,
                parameter,
                f"asks the hooks of {kind.SERVICE}, which neither this plugin nor one in `requires` offers",
            )
        return kind(self.hooks)

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
