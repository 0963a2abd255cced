"""What a plugin hands to the runtime: a builder, never the live application."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from piccolo.table import Table

from oms_core.errors import PluginError
from oms_core.messaging import RetryPolicy, Upcaster
from oms_core.plugins.answering import refuse_no_function
from oms_core.plugins.lifecycle import Phase, Step
from oms_core.processes import Process
from oms_wire.event import EventMessage
from oms_wire.hook import Answer, HookSet
from oms_wire.service import Service

E = TypeVar("E", bound=EventMessage)
F = TypeVar("F", bound=EventMessage)
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that reacts to one kind of event; its other parameters are injected by type."""

    event: type[EventMessage]
    function: Callable[..., Awaitable[None]]
    ordered: bool = True
    retry: RetryPolicy | None = None
    history: bool = False

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
    processes: list[Process[Any]] = field(default_factory=list)
    upcasters: list[Upcaster] = field(default_factory=list)
    hooks: list[type[HookSet]] = field(default_factory=list)
    """What other plugins may answer."""
    answers: list[Answer[Any, Any]] = field(default_factory=list)
    provided: dict[object, type] = field(default_factory=dict)
    lifecycle: dict[str, Step] = field(default_factory=dict)
    """What it does in each phase, by the phase's value."""


class Registry:
    """Collects what one plugin serves, stores, listens to, asks and answers."""

    def __init__(self, registration: Registration) -> None:
        self.registration = registration

    def serve(self, service: type[Service]) -> None:
        """Serve an implementation of a generated service base; its constructor is injected by type."""
        if not _implements_a_contract(service):
            raise PluginError(
                "SERVICE_KIND",
                f"plugin {self.registration.plugin!r} serves {service!r}, which implements no contract",
                hint="serve a subclass of a generated service base: the class, not an object of it",
            )
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

    def on(
        self,
        event: type[E],
        handler: Callable[Concatenate[E, P], Awaitable[None]],
        *,
        ordered: bool = True,
        retry: RetryPolicy | None = None,
        history: bool = False,
    ) -> None:
        """React to an event: once per event, retried, and held back behind an earlier one that fails.

        Events of one aggregate come in turn to all handlers of the plugin; one that is not ``ordered``
        neither waits for earlier events nor holds later ones back. ``retry`` says when it is tried again
        and when it is given up, also by kind of error. With ``history`` a handler that is new in a system
        gets what was published before it came, and then goes live.
        """
        if not _is_async(handler):
            raise PluginError(
                "HANDLER_KIND",
                f"plugin {self.registration.plugin!r} handles {event.__name__} by {_shown(handler)}, "
                "which is not an async function",
                hint="give a function that is declared by  async def",
            )
        taken = {known.name for known in self.registration.handlers}
        if handler.__name__ in taken:
            raise PluginError(
                "HANDLER_DUPLICATE",
                f"plugin {self.registration.plugin!r} registers two handlers named {handler.__name__!r}",
                hint="give each handler function a name of its own: the name identifies the consumer",
            )
        self.registration.handlers.append(Handler(event, handler, ordered, retry, history))

    def upcast(self, old: type[E], new: type[F], convert: Callable[[E], F]) -> None:
        """Read events of an older version as the next one: ``convert`` is pure, and kept for ever."""
        if old.EVENT.name != new.EVENT.name or old.EVENT.version >= new.EVENT.version:
            raise PluginError(
                "UPCASTER_VERSIONS",
                f"plugin {self.registration.plugin!r} upcasts {old.EVENT.name} v{old.EVENT.version} to "
                f"{new.EVENT.name} v{new.EVENT.version}",
                hint="an upcaster goes from one version of an event to a later one of the same name",
            )
        self.registration.upcasters.append(Upcaster(old, new, convert))

    def process(self, process: Process[Any]) -> None:
        """Run a process manager; what it keeps needs no table of the plugin's own."""
        if any(known.name == process.name for known in self.registration.processes):
            raise PluginError(
                "PROCESS_DUPLICATE",
                f"plugin {self.registration.plugin!r} registers two processes named {process.name!r}",
                hint="a process is known by its name for ever: give each its own",
            )
        self.registration.processes.append(process)

    def hooks(self, hooks: type[HookSet]) -> None:
        """Offer hooks of this plugin's contract: others answer them, and whoever requires it may ask them."""
        if hooks not in self.registration.hooks:
            self.registration.hooks.append(hooks)

    def answer(self, answer: Answer[Any, Any]) -> None:
        """Answer another plugin's hook: ``oms.answer(SomeHooks.some_question.by(function))``."""
        hook = answer.hook
        refuse_no_function(answer, plugin=self.registration.plugin)
        if any(known.hook.full_name == hook.full_name for known in self.registration.answers):
            raise PluginError(
                "ANSWER_DUPLICATE",
                f"plugin {self.registration.plugin!r} answers {hook.full_name} twice",
                hint="a plugin has one answer to a hook: let one function give what both would say",
            )
        self.registration.answers.append(answer)

    def provide(self, port: Callable[..., object], implementation: type[Any]) -> None:
        """Fill one of the core's ports, for example the directory of nodes and roles."""
        self.registration.provided[port] = implementation

    def lifecycle(
        self,
        *,
        setup: Step | None = None,
        start: Step | None = None,
        ready: Step | None = None,
        drain: Step | None = None,
        stop: Step | None = None,
    ) -> None:
        """Do something in these phases; ``Phase`` says what each of them guarantees.

        The functions are asynchronous; their parameters are injected by type. Each phase has a time limit
        (``[lifecycle]`` in ``oms.toml``).
        """
        given = {
            Phase.SETUP: setup,
            Phase.START: start,
            Phase.READY: ready,
            Phase.DRAIN: drain,
            Phase.STOP: stop,
        }
        steps = {phase.value: step for phase, step in given.items() if step is not None}
        for phase, step in steps.items():
            if not _is_async(step):
                raise self._unfit(phase, f"{_shown(step)} is not an async function")
            if phase in self.registration.lifecycle:
                raise self._unfit(phase, "another function is registered already")
        self.registration.lifecycle |= steps

    def _unfit(self, phase: str, problem: str) -> PluginError:
        return PluginError(
            "LIFECYCLE",
            f"plugin {self.registration.plugin!r}: lifecycle({phase}=…): {problem}",
            hint="give one async function for each phase",
        )


def _is_async(function: Callable[..., object]) -> bool:
    """Say whether it is declared by ``async def``: its name and its annotations are read."""
    return inspect.isroutine(function) and inspect.iscoroutinefunction(function)


def _shown(function: Callable[..., object]) -> str:
    return getattr(function, "__name__", f"a {type(function).__name__}")


def _implements_a_contract(given: object) -> bool:
    return isinstance(given, type) and issubclass(given, Service) and hasattr(given, "METHODS")
