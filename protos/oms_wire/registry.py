"""Every generated message class by its full name in the contract: what an Any can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oms_wire.message import Message

_CLASSES: dict[str, type[Message]] = {}


def register(name: str, kind: type[Message]) -> None:
    """Note the class of the message ``name``; of two with one name the later counts."""
    _CLASSES[name] = kind


def find(name: str) -> type[Message] | None:
    """Return the class of the message ``name``, once the module that defines it is imported."""
    return _CLASSES.get(name)
