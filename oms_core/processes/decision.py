"""What a process decides: its next state, what is to be done, and for how long it waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any, Generic, TypeVar

S = TypeVar("S")


class Outcome(Enum):
    """Where the process stands after the decision."""

    RUNNING = "running"
    UNDOING = "undoing"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Decision(Generic[S]):
    """``timers`` run from now; one of the same name is set anew. ``forget`` names timers to be called off."""

    state: S
    commands: Sequence[Any] = ()
    timers: Mapping[str, timedelta] = field(default_factory=dict)
    forget: Sequence[str] = ()
    outcome: Outcome = Outcome.RUNNING
    reason: str = ""


def go(
    state: S, *commands: Any, timers: Mapping[str, timedelta] | None = None, forget: Sequence[str] = ()
) -> Decision[S]:
    """Go on: perform the commands, set and call off timers, wait for what happens."""
    return Decision(state, commands, timers or {}, forget)


def done(state: S) -> Decision[S]:
    """End well; what happens afterwards is noted and changes nothing."""
    return Decision(state, outcome=Outcome.DONE)


def undo(state: S, reason: str) -> Decision[S]:
    """Undo what was done, the last command first; then the process hears ``Undone`` and is over.

    What is still being performed is waited for, and undone too.
    """
    return Decision(state, outcome=Outcome.UNDOING, reason=reason)
