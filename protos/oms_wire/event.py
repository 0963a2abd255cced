"""What a contract says about a message that is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol, Self, runtime_checkable


@dataclass(frozen=True, slots=True)
class EventType:
    """Name and version under which a message is published.

    ``key`` is the Python name of the field that carries the aggregate's id; events of one aggregate are
    delivered in order.
    """

    name: str
    version: int
    key: str

    @property
    def aggregate(self) -> str:
        """The kind of thing the event is about, for example ``orders.order``: plugin and key."""
        return f"{self.name.partition('.')[0]}.{self.key.removesuffix('_id')}"


@runtime_checkable
class EventMessage(Protocol):
    """A generated message with the event option."""

    EVENT: ClassVar[EventType]

    def __bytes__(self) -> bytes: ...

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read the binary format; raises InvalidArgument."""
