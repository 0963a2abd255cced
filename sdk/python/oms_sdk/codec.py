"""The one place that knows how messages become JSON; what they are made of stays out of the rest."""

from __future__ import annotations

from typing import Protocol, Self, TypeVar

from oms_wire.errors import InvalidArgument
from oms_wire.method import WireMessage


class Model(WireMessage, Protocol):
    """What a message can do."""

    @classmethod
    def from_json(cls, value: bytes, *, ignore_unknown_fields: bool = False) -> Self:
        """Read proto3 JSON; raises InvalidArgument."""


M = TypeVar("M", bound=Model)


def write(message: Model) -> bytes:
    """Return proto3 JSON; raises ValueError when a field holds what its type cannot."""
    return message.encode_json()


def read(kind: type[M], content: bytes) -> M:
    """Read what a server sent, which may be newer than this client; raises ValueError.

    Fields that this client does not know are left out, and values of enums read as unspecified.
    """
    try:
        return kind.decode_json(content)
    except InvalidArgument:
        try:
            return kind.from_json(content, ignore_unknown_fields=True)
        except InvalidArgument as error:
            raise ValueError(error.message) from None
