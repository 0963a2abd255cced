"""The key of the step that is being performed."""

from __future__ import annotations

from contextvars import ContextVar

_key: ContextVar[str] = ContextVar("oms_step_key")


def step_key() -> str:
    """Return the idempotency key of the running step, the same at each attempt.

    Give it to whatever the step calls. Raises LookupError outside of a step.
    """
    return _key.get()


def performing(key: str) -> None:
    """Set the key for what follows in this task."""
    _key.set(key)
