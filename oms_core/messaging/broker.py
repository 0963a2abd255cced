"""Where the broker is, and what things are called there."""

from __future__ import annotations

from dataclasses import dataclass

from yarl import URL

HEARTBEAT = 10
"""Seconds between two signs of life; after three silent ones the connection counts as broken."""


@dataclass(frozen=True, slots=True)
class Broker:
    """A RabbitMQ, 3.10 or newer. ``namespace`` begins the name of every exchange and queue."""

    url: str
    namespace: str = "oms"

    @property
    def address(self) -> URL:
        """Where to connect to, with a heartbeat unless the URL has one."""
        url = URL(self.url)
        return url if "heartbeat" in url.query else url.update_query(heartbeat=HEARTBEAT)

    @property
    def shown(self) -> str:
        """The address without user and password."""
        url = URL(self.url)
        return str(url.with_user(None).with_query(None))

    @property
    def events(self) -> str:
        """The exchange that every event goes to."""
        return f"{self.namespace}.events"

    @property
    def unrouted(self) -> str:
        """Exchange and queue of what nobody wanted and of what a queue gave up."""
        return f"{self.namespace}.unrouted"

    def queue(self, plugin: str, part: int) -> str:
        """Return the queue of one partition of a plugin's events."""
        return f"{self.namespace}.{plugin}.{part}"


def routing_key(event_type: str, part: int) -> str:
    """Return the key under which an event of that partition is published: ``notes.note_written.3``."""
    return f"{event_type}.{part}"
