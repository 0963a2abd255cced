"""Those who take part in a plugin's transaction without the plugin's doing: the claim, the inbox."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from oms_core.storage.transaction import Transaction


class Participant(Protocol):
    """Is called in every transaction that is opened while it is enlisted, as the plugin, in its tenant."""

    async def enter(self, tx: Transaction, /) -> None:
        """Act right after BEGIN; an error keeps the block from running and rolls back."""

    async def leave(self, tx: Transaction, /) -> None:
        """Act last before COMMIT, after the events were written; an error rolls everything back."""


_enlisted: ContextVar[tuple[Participant, ...]] = ContextVar("oms_participants", default=())


@contextmanager
def enlist(participant: Participant) -> Iterator[None]:
    """Let ``participant`` take part in the transactions of this block and of the tasks that it starts."""
    token = _enlisted.set((*_enlisted.get(), participant))
    try:
        yield
    finally:
        _enlisted.reset(token)


def enlisted() -> tuple[Participant, ...]:
    """Return who takes part here, in the line in which they joined."""
    return _enlisted.get()
