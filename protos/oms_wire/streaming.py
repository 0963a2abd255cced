"""What a contract says about a method whose requests or answers are a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

T = TypeVar("T")


class Streaming(Enum):
    """Which side of a method sends more than one message."""

    NONE = "none"
    SERVER = "server"
    """One request, a stream of answers."""
    CLIENT = "client"
    """A stream of requests, one answer."""
    BOTH = "both"
    """Two streams, each at its own pace."""

    @property
    def of_requests(self) -> bool:
        """Whether the caller sends a stream."""
        return self in (Streaming.CLIENT, Streaming.BOTH)

    @property
    def of_answers(self) -> bool:
        """Whether the service answers with a stream."""
        return self in (Streaming.SERVER, Streaming.BOTH)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a stream of answers can be taken up again.

    ``response`` is the Python name of the field of each answer that says how far the stream has come,
    ``request`` that of the request's field behind which a new stream begins. Both are text that only the
    service understands.
    """

    request: str
    response: str


async def one(message: T) -> AsyncIterator[T]:
    """Give a single message as a stream."""
    yield message
