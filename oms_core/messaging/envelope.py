"""An event on its way: out of the outbox, towards one consumer, or dead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Self
from uuid import UUID


class Route(NamedTuple):
    """Who gets an event. ``ordered``: only after the earlier events of its aggregate."""

    consumer: str
    ordered: bool = True


class Slot(NamedTuple):
    """What is leased as one: the events of one partition for one consumer."""

    consumer: str
    part: int

    def __str__(self) -> str:
        return f"{self.consumer}/{self.part}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what ``str`` gave."""
        consumer, _, part = text.rpartition("/")
        return cls(consumer, int(part))


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One published event as the outbox holds it; ``payload`` is its protobuf encoding.

    ``seq`` grows with every event of one aggregate. ``headers`` carry the trace, never people's data.
    """

    seq: int
    event_id: UUID
    tenant: str
    plugin: str
    type: str
    schema_version: int
    aggregate_id: str
    aggregate_version: int
    part: int
    payload: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event taken for one consumer, its attempt already counted.

    ``interrupted``: an earlier attempt ended with its process, so nobody reported how; this one was not
    counted and must not be handled now.
    """

    consumer: str
    event_id: UUID
    tenant: str
    type: str
    schema_version: int
    aggregate_id: str
    part: int
    payload: bytes
    headers: Mapping[str, str]
    attempts: int
    interrupted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """An event that one consumer gave up on; ``waiting`` deliveries of its plugin are held back by it."""

    consumer: str
    event_id: UUID
    tenant: str
    type: str
    aggregate_id: str
    attempts: int
    dead_at: datetime
    error: str
    waiting: int
