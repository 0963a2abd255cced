"""Ids and keys that a retried call makes again the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from oms_core import ids


class Derivation:
    """What one claim leads to: the nth id of a prefix is the same in every attempt."""

    def __init__(self, seed: UUID) -> None:
        self._seed = seed
        self._made: Counter[str] = Counter()

    def next(self, name: str) -> UUID:
        """Return the next uuid under ``name``."""
        self._made[name] += 1
        return ids.derived(self._seed, f"{name}:{self._made[name]}")


_derivation: ContextVar[Derivation | None] = ContextVar("oms_derivation", default=None)


def new_id(prefix: str) -> str:
    """Return an id of the kind that ``prefix`` names.

    Inside a call with an idempotency key it follows from the key's claim and from how many were made
    before, so that a retry that does the same makes the same ids; elsewhere it is fresh.
    """
    derivation = _derivation.get()
    return ids.new_id(prefix) if derivation is None else ids.encode(prefix, derivation.next(prefix))


def derived_key(method: str) -> str:
    """Return an idempotency key for calling ``method`` (its full name), as stable as ``new_id``."""
    return new_id("key") if (found := _derivation.get()) is None else ids.encode("key", found.next(method))


@contextmanager
def deriving_from(claim: UUID | None) -> Iterator[None]:
    """Let ids follow from ``claim`` inside the block; None: fresh, whatever surrounds it."""
    token = _derivation.set(None if claim is None else Derivation(claim))
    try:
        yield
    finally:
        _derivation.reset(token)
