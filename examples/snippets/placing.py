"""A process manager: take from stock, charge, wait until the order is accepted, tell; or undo it all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from oms_core.processes import (
    Answered,
    Decision,
    Done,
    Happening,
    Process,
    Refused,
    TimedOut,
    Undone,
    done,
    go,
    undo,
)
from oms_protos.orders.v1 import OrderAccepted, OrderCancelled, OrderPlaced


@dataclass(frozen=True)
class Placing:
    """What the process remembers."""

    order_id: str
    stage: str = "taking"


@dataclass(frozen=True)
class Take:
    """Take what the order needs from stock."""

    order_id: str


@dataclass(frozen=True)
class Charge:
    """Charge the deposit."""

    order_id: str


@dataclass(frozen=True)
class Tell:
    """Tell that the order is on its way."""

    order_id: str


@dataclass(frozen=True)
class Receipt:
    """What charging answers."""

    number: str


def decide(  # noqa: C901, PLR0911 - a table of what follows from what
    state: Placing | None, happening: Happening
) -> Decision[Placing]:
    """Take, then charge, then wait for a confirmation, then tell."""
    match state, happening:
        case None, OrderPlaced(order_id=order):
            return go(Placing(order), Take(order))
        case Placing(order), Answered(Take()):
            return go(
                replace(state, stage="charging"), Charge(order), timers={"charge": timedelta(minutes=5)}
            )
        case Placing(), Answered(Charge()):
            waiting = replace(state, stage="waiting")
            return go(waiting, timers={"confirm": timedelta(minutes=10)}, forget=["charge"])
        case Placing(order, "waiting"), OrderAccepted():
            return go(replace(state, stage="telling"), Tell(order), forget=["confirm"])
        case Placing(), Answered(Tell()):
            return done(replace(state, stage="told"))
        case Placing(), Refused(command, code):
            return undo(replace(state, stage="given up"), f"{type(command).__name__}: {code}")
        case Placing(), TimedOut(name):
            return undo(replace(state, stage="too late"), name)
        case Placing(), OrderCancelled():
            return undo(replace(state, stage="withdrawn"), "withdrawn")
        case Placing(), Undone():
            return done(state)
        case Placing(), _:
            return go(state)
    raise AssertionError(f"{happening} in {state}")


class Others(Protocol):
    """Functions that call others; in a plugin each of them has its clients injected."""

    async def take(self, command: Take) -> None:
        """Take it, under ``step_key()``."""

    async def give_back(self, step: Done[Take, None]) -> None:
        """Put it back."""

    async def charge(self, command: Charge) -> Receipt:
        """Charge it, under ``step_key()``."""

    async def refund(self, step: Done[Charge, Receipt]) -> None:
        """Give the money back; without an answer, if there was a charge."""

    async def tell(self, command: Tell) -> None:
        """Tell it."""


def process(others: Others) -> Process[Placing]:
    """Return the process; a plugin says ``oms.process(process(...))`` in its ``register``."""
    placing = Process("placing", Placing, decide)
    placing.starts_on(OrderPlaced)
    placing.hears(OrderAccepted)
    placing.hears(OrderCancelled)
    placing.does(Take, others.take, undo=others.give_back, patience=timedelta(seconds=30))
    placing.does(Charge, others.charge, undo=others.refund, patience=timedelta(minutes=60))
    placing.does(Tell, others.tell)
    return placing
