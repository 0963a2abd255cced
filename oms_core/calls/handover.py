"""A message is handed over, never shared: the log that proves it in tests."""

from __future__ import annotations

from dataclasses import dataclass

from oms_core.errors import PluginError
from oms_wire.method import WireMessage


@dataclass(frozen=True, slots=True)
class Handover:
    """A message that crossed from one plugin to another, and its bytes at that moment."""

    message: WireMessage
    sealed: bytes
    giver: str
    taker: str
    method: str

    def check(self) -> None:
        """Raise PluginError if the message has changed since, by a plugin that no longer, or not, owns it."""
        if bytes(self.message) != self.sealed:
            raise PluginError(
                "MESSAGE_CHANGED",
                f"a message of {self.method} changed after plugin {self.giver!r} handed it to {self.taker!r}",
                hint="let it copy before it changes: in another placement the change would be lost",
            )


class HandoverLog:
    """Remembers every message handed over. For tests: it keeps them all alive."""

    def __init__(self) -> None:
        self._handovers: list[Handover] = []

    def seal(self, message: WireMessage, *, giver: str, taker: str, method: str) -> Handover:
        """Remember ``message`` as it is now."""
        handover = Handover(message, bytes(message), giver, taker, method)
        self._handovers.append(handover)
        return handover

    def verify(self) -> None:
        """Check every message again, at the end; raises PluginError naming the plugins."""
        for handover in self._handovers:
            handover.check()
