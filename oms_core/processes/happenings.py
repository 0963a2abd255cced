"""What a process hears, besides the events of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from oms_wire.event import EventMessage


@dataclass(frozen=True, slots=True)
class Answered:
    """A command was performed; ``answer`` is what its function returned."""

    command: Any
    answer: Any = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A command was not performed, for the reason ``code``.

    Not ``certain``: its time was over without a word, and it may have had its effect. Undoing the process
    undoes it too.
    """

    command: Any
    code: str
    message: str = ""
    certain: bool = True


@dataclass(frozen=True, slots=True)
class TimedOut:
    """A timer that the process had set has run out."""

    name: str


@dataclass(frozen=True, slots=True)
class Undone:
    """Everything that was done has been undone."""


Happening: TypeAlias = EventMessage | Answered | Refused | TimedOut | Undone
