"""A state machine as one table of transitions, which code, documents and tests all read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

S = TypeVar("S", bound=Enum)


@dataclass(frozen=True, slots=True)
class Transition(Generic[S]):
    """``step`` leads from ``source`` (None: from nothing) to ``target``; ``by`` says who takes it."""

    step: str
    source: S | None
    target: S
    by: str


class Machine(Generic[S]):
    """The transitions of one kind of thing; a step leads to one state at most from each state."""

    def __init__(self, transitions: Sequence[Transition[S]]) -> None:
        self.transitions = tuple(transitions)
        self._targets = {(one.source, one.step): one.target for one in transitions}
        if len(self._targets) != len(transitions):
            raise ValueError("two transitions take the same step from the same state")

    @property
    def states(self) -> tuple[S, ...]:
        """Every state, in the sequence in which the table first names it."""
        named = (state for one in self.transitions for state in (one.source, one.target))
        return tuple(dict.fromkeys(state for state in named if state is not None))

    @property
    def ends(self) -> tuple[S, ...]:
        """The states that no step leaves."""
        return tuple(state for state in self.states if not self.steps_from(state))

    def after(self, source: S | None, step: str) -> S | None:
        """Return where ``step`` leads from ``source``, or None where it may not be taken."""
        return self._targets.get((source, step))

    def steps_from(self, source: S | None) -> tuple[str, ...]:
        """Return the steps that may be taken from ``source``."""
        return tuple(one.step for one in self.transitions if one.source is source)

    def replay(self, steps: Iterable[str]) -> S | None:
        """Return the state that ``steps`` lead to from nothing; raises ValueError at one that may not be."""
        state: S | None = None
        for step in steps:
            target = self.after(state, step)
            if target is None:
                raise ValueError(f"step {step!r} may not be taken from {_name(state)}")
            state = target
        return state

    def as_markdown(self, title: str) -> str:
        """Return the machine as a page: a diagram, and a table of every transition."""
        edges = [f"    {_node(one.source)} --> {_node(one.target)}: {one.step}" for one in self.transitions]
        edges += [f"    {state.name} --> [*]" for state in self.ends]
        rows = [
            f"| {_name(one.source)} | `{one.step}` | {one.target.name} | {one.by} |"
            for one in self.transitions
        ]
        table = ["| From | Step | To | Taken by |", "|---|---|---|---|", *rows]
        diagram = ["```mermaid", "stateDiagram-v2", *edges, "```"]
        ends = f"Ends, which no step leaves: {', '.join(state.name for state in self.ends)}."
        return "\n".join([f"# {title}", "", *diagram, "", *table, "", ends, ""])


def _name(state: Enum | None) -> str:
    return "–" if state is None else state.name


def _node(state: Enum | None) -> str:
    return "[*]" if state is None else state.name
