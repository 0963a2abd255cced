"""Named points between two effects, where a process may die and nothing may be lost.

``step("relay.published")`` does nothing. Simulation raises there, chaos tests kill there, traces may
mark it; ``STEPS`` is the list that all of them share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

STEPS: Mapping[str, str] = {
    "claim.begun": "the claim of an idempotency key is committed, nothing else is",
    "claim.answered": "the answer is written beside the effects, their commit is still to come",
    "claim.released": "a call without effect has given its claim back",
    "relay.leased": "the relay holds the leases of partitions, no row is taken",
    "relay.taken": "rows are taken out of the outbox, not committed",
    "relay.published": "the transport has the events, the outbox still holds them after a crash",
    "relay.committed": "the outbox is free of the events, no consumer has been told",
    "scheduler.published": "scheduled events are in the outbox, the relay has not been told",
    "broker.received": "messages have come from the broker, their deliveries are not stored",
    "broker.stored": "the deliveries are stored, the broker would send the messages again",
    "process.begun": "a step of a process is noted as begun, nothing is performed",
    "process.performed": "a step was performed, nobody but the one that was called knows",
    "process.decided": "what happened and what follows from it are committed",
    "consumer.taken": "the attempt is counted and committed, the handler has not begun",
    "consumer.handled": "the handler has returned and its transaction, if any, is committed",
    "consumer.settled": "the inbox knows the event, the delivery is still there",
    "consumer.done": "the delivery is gone",
}
"""Every step by name, with what is true when it is reached."""

_observer: Callable[[str], None] | None = None


def step(name: str) -> None:
    """Pass a named step; a no-op unless somebody observes."""
    if _observer is not None:
        _observer(name)


@contextmanager
def observed(observer: Callable[[str], None]) -> Iterator[None]:
    """Call ``observer`` with the name of every step of this process while the block runs.

    What it raises is raised at the step: that is how a simulation dies there.
    """
    global _observer  # noqa: PLW0603 - one process, one observer; a step must cost nothing without one
    before, _observer = _observer, observer
    try:
        yield
    finally:
        _observer = before
