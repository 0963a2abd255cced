"""Events of an older version, read as the version that a handler knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from oms_wire.event import EventMessage


@dataclass(frozen=True, slots=True)
class Upcaster:
    """A pure function from one version of an event to the next one."""

    old: type[EventMessage]
    new: type[EventMessage]
    convert: Callable[[Any], EventMessage]


class NewerVersion(Exception):
    """The event is of a version that this process does not know yet: it waits for the next release."""


class Upcasting:
    """Reads payloads of any known version as the class that a handler wants."""

    def __init__(self, upcasters: Iterable[Upcaster] = ()) -> None:
        self._by_old = {(one.old.EVENT.name, one.old.EVENT.version): one for one in upcasters}

    def read(self, wanted: type[EventMessage], version: int, payload: bytes) -> EventMessage:
        """Return the event as a ``wanted``.

        A version without an upcaster is read as it is: protobuf fields are only ever added. Raises
        NewerVersion, and whatever decoding or an upcaster raises.
        """
        name, known = wanted.EVENT.name, wanted.EVENT.version
        if version > known:
            raise NewerVersion(f"{name} of version {version}, known here is {known}: deploy its new reader")
        upcaster = self._by_old.get((name, version))
        event: EventMessage = (upcaster.old if upcaster else wanted).parse(payload)
        while upcaster is not None and event.EVENT.version < known:
            event = upcaster.convert(event)
            upcaster = self._by_old.get((name, event.EVENT.version))
        return event
