"""Who wants which event."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oms_core.messaging.envelope import Route
from oms_core.messaging.retry import RetryPolicy
from oms_wire.event import EventMessage

Routes = Mapping[str, Sequence[Route]]
"""Who gets each type of event."""
Wanted = Mapping[str, Collection[str]]
"""The types of event that each plugin wants."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One handler of one kind of event.

    ``consumer`` is ``<plugin>.<handler>``: it names the handler for ever, for what is handled, waiting
    or dead is remembered under it. One that is not ``ordered`` gets an event without waiting for the
    earlier ones of its aggregate. Without a ``retry`` of its own it is tried again as all others are.
    ``history``: what was published before it came is for it too.
    """

    consumer: str
    event: type[EventMessage]
    handler: Callable[[Any], Awaitable[None]]
    ordered: bool = True
    retry: RetryPolicy | None = None
    history: bool = False

    @property
    def plugin(self) -> str:
        """The plugin that the handler runs as."""
        return self.consumer.partition(".")[0]


def routes(subscriptions: Iterable[Subscription]) -> Routes:
    """Return who gets each type of event."""
    found: dict[str, tuple[Route, ...]] = {}
    for subscription in subscriptions:
        name = subscription.event.EVENT.name
        found[name] = (*found.get(name, ()), Route(subscription.consumer, subscription.ordered))
    return found


def together(first: Routes, second: Routes) -> Routes:
    """Return who gets each type of event by either."""
    return {name: (*first.get(name, ()), *second.get(name, ())) for name in {**first, **second}}


def wanted(routes: Routes) -> Wanted:
    """Return the types of event that each plugin wants."""
    found: dict[str, set[str]] = {}
    for event_type, consumers in routes.items():
        for route in consumers:
            found.setdefault(route.consumer.partition(".")[0], set()).add(event_type)
    return found
