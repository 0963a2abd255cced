"""When a plugin may do something of its own, and what is promised to it then.

::

    oms.lifecycle(setup=read_catalogue, start=begin_polling, drain=end_polling, stop=close)

Each is an async function whose parameters are injected by type, as a handler's are. Phases are gone
through plugin by plugin: on the way up in dependency order, on the way down backwards.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum

Step = Callable[..., Awaitable[None]]
"""What a plugin does in one phase."""


class Phase(Enum):
    """The phases in their sequence, each with its guarantee.

    A phase that raises, or takes longer than its time, fails its plugin: everything stops, or only this
    plugin and those that require it, as ``on_failure`` says.
    """

    SETUP = "setup"
    """The plugin's own tables are migrated. Nothing is served, no event comes, nobody else can be called:
    clients and hook callers are not given. What it began it has to undo itself when it fails."""
    START = "start"
    """Every setup succeeded and what this plugin requires has started. Others can be called and asked.
    No request and no event comes before every start has returned."""
    READY = "ready"
    """Requests and events are taken. ``/readyz`` says ready when every ready has returned. A plugin that
    fails here with ``on_failure = "degrade"`` goes on serving; readiness shows the failure."""
    DRAIN = "drain"
    """No request and no event comes any more, and those that ran are finished or were cut off. What the
    plugin does on its own may be finished now; others can still be called. Only after a start that
    succeeded."""
    STOP = "stop"
    """Everybody has drained and nobody calls any more; the plugin's storage is still open. Called for each
    plugin whose setup succeeded, also when a start failed. It must not raise: what it raises is logged."""
