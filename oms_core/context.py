"""Who calls, for whom and until when: the one value that goes with every call, hook and event."""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field

from oms_core.ids import new_id

DEFAULT_TIMEOUT = 10.0
"""Seconds that a call has when nobody says otherwise."""
STREAM_TIMEOUT = 3600.0
"""Seconds that a stream has when nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held at a node and everything below it; ``*`` is the platform itself."""

    role: str
    node: str


@dataclass(frozen=True, slots=True)
class Principal:
    """A user or a plugin. ``subject`` is ``user:<id>`` or ``plugin:<name>``."""

    subject: str
    grants: tuple[Grant, ...] = ()

    @property
    def is_plugin(self) -> bool:
        """Whether this is a plugin that acts for itself."""
        return self.subject.startswith("plugin:")


ANONYMOUS = Principal("anonymous")


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances of a call; the same in all placements.

    A user's call keeps the user as ``principal`` and names the plugin that passes it on as ``actor``; an
    event handler runs as its plugin. ``deadline`` is on the monotonic clock, in seconds.
    """

    tenant: str
    principal: Principal = ANONYMOUS
    actor: str = ""
    deadline: float = field(default_factory=lambda: time.monotonic() + DEFAULT_TIMEOUT)
    trace: str = field(default_factory=lambda: new_id("trc"))
    locale: str = "en"

    def acting(self, plugin: str) -> Context:
        """Return the same circumstances with ``plugin`` as the actor.

        Always another object: by it an idempotency claim or an inbox note tells its own call's
        transactions from those of a call that is made on the way.
        """
        # Spelt out: `replace` costs more than all the rest of a call in process.
        return Context(self.tenant, self.principal, plugin, self.deadline, self.trace, self.locale)

    def within(self, seconds: float) -> Context:
        """Return the same circumstances with at most ``seconds`` left."""
        deadline = min(self.deadline, time.monotonic() + seconds)
        return Context(self.tenant, self.principal, self.actor, deadline, self.trace, self.locale)

    @property
    def remaining(self) -> float:
        """Seconds until the deadline; negative when it has passed."""
        return self.deadline - time.monotonic()


_current: ContextVar[Context] = ContextVar("oms_context")


def current() -> Context:
    """Return the context of the running call; raises LookupError outside of one."""
    return _current.get()


class use:  # noqa: N801 - reads as what it does: `with use(context):`
    """Run the block in ``context``."""

    __slots__ = ("_context", "_token")

    def __init__(self, context: Context) -> None:
        self._context = context

    def __enter__(self) -> Context:
        self._token = _current.set(self._context)
        return self._context

    def __exit__(self, *error: object) -> None:
        _current.reset(self._token)
