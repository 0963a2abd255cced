"""What a process tells itself: a step is to be performed, a timer has run out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import ClassVar, Self

from oms_wire.event import EventType


@dataclass
class ProcessMessage:
    """About a process: its id, and the number of a step or the name of a timer."""

    EVENT: ClassVar[EventType]

    process_id: str = ""
    n: int = 0
    name: str = ""

    def __bytes__(self) -> bytes:
        return json.dumps([self.process_id, self.n, self.name]).encode()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read what ``bytes`` gave."""
        process_id, n, name = json.loads(data)
        return cls(process_id, n, name)


def snake(name: str) -> str:
    """Return the name of a class as the name of a command: ``TakePayment`` is ``take_payment``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def message_type(plugin: str, process: str, kind: str) -> type[ProcessMessage]:
    """Return the message of one kind of one process; its event is named after them."""
    name = f"{plugin}.{process}.{kind}"
    return type(name, (ProcessMessage,), {"EVENT": EventType(name, 1, "process_id"), "__doc__": name})
