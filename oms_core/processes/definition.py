"""What a plugin says about a process of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, get_type_hints

from oms_core.errors import PluginError
from oms_core.processes.decision import Decision
from oms_core.processes.happenings import Happening
from oms_wire.event import EventMessage

S = TypeVar("S")
C = TypeVar("C")
A = TypeVar("A")
P = ParamSpec("P")

PATIENCE = timedelta(seconds=60)
"""How long a command is tried before it counts as refused."""

Decide = Callable[[S | None, Happening], Decision[S]]
"""Pure: the state (None at the start) and what happened, to what follows."""


@dataclass(frozen=True, slots=True)
class Done(Generic[C, A]):
    """A command that is to be undone, and its answer: None when nobody knows whether there was one."""

    command: C
    answer: A | None


@dataclass(frozen=True, slots=True)
class Deed:
    """How one kind of command is performed and undone."""

    command: type
    perform: Callable[..., Awaitable[Any]]
    undo: Callable[..., Awaitable[None]] | None
    patience: timedelta
    answer: object
    """The type of the answer, as the function is annotated."""


class Process(Generic[S]):
    """A process manager: state, a pure decision, what it hears and what it does.

    State, commands and answers are dataclasses or msgspec structs of plain values. They are stored and
    carry ids, never people's data. Names of processes, commands and timers are for ever, as long as one of
    them is under way.
    """

    def __init__(self, name: str, state: type[S], decide: Decide[S]) -> None:
        self.name = name
        self.state = state
        self.decide = decide
        self.heard: dict[type[EventMessage], tuple[str, bool]] = {}
        """The field with the process's key of each event, and whether the event starts one."""
        self.deeds: dict[str, Deed] = {}

    def starts_on(self, event: type[EventMessage], *, key: str = "") -> None:
        """Start one process for each ``key``: a field of the event, by default its aggregate's id."""
        self.heard[event] = (key or event.EVENT.key, True)

    def hears(self, event: type[EventMessage], *, key: str = "") -> None:
        """Tell the process of that ``key`` of such events; one that never started is not told."""
        self.heard[event] = (key or event.EVENT.key, False)

    def does(
        self,
        command: type[C],
        perform: Callable[Concatenate[C, P], Awaitable[A]],
        *,
        undo: Callable[Concatenate[Done[C, A], P], Awaitable[None]] | None = None,
        patience: timedelta = PATIENCE,
    ) -> None:
        """Perform such commands by a function, and undo them by another; their other parameters are injected.

        The functions call others under ``step_key()`` and open no transaction. An error that may pass is
        tried again until ``patience`` is over, an undoing without end. What cannot be undone has no ``undo``.
        """
        if command.__name__ in self.deeds:
            raise PluginError(
                "PROCESS_COMMAND",
                f"process {self.name!r} does {command.__name__} twice",
                hint="each kind of command has one function and a class name of its own",
            )
        answer = get_type_hints(perform).get("return", object)
        self.deeds[command.__name__] = Deed(command, perform, undo, patience, answer)
