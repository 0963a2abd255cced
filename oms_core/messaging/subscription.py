"""Who wants which event."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from oms_wire.event import EventMessage


@dataclass(frozen=True, slots=True)
class Subscription:
    """One handler of one kind of event.

    ``consumer`` is ``<plugin>.<handler>``: it names the handler for ever, for what is handled, waiting
    or dead is remembered under it.
    """

    consumer: str
    event: type[EventMessage]
    handler: Callable[[Any], Awaitable[None]]

    @property
    def plugin(self) -> str:
        """The plugin that the handler runs as."""
        return self.consumer.partition(".")[0]


def routes(subscriptions: Iterable[Subscription]) -> Mapping[str, tuple[str, ...]]:
    """Return the consumers of each type of event."""
    found: dict[str, tuple[str, ...]] = {}
    for subscription in subscriptions:
        name = subscription.event.EVENT.name
        found[name] = (*found.get(name, ()), subscription.consumer)
    return found
