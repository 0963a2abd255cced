"""The states of a ticket: the one table that code, documents and tests read."""

from __future__ import annotations

from oms_core.machine import Machine, Transition
from oms_protos.kitchen.v1 import TicketState

FIRE = "fire"
START = "start"
DONE = "done"
VOID = "void"

_S = TicketState

TICKET = Machine(
    [
        Transition(FIRE, None, _S.FIRED, by="the system, when an order is accepted"),
        Transition(START, _S.FIRED, _S.STARTED, by="cook"),
        Transition(DONE, _S.STARTED, _S.READY, by="cook"),
        Transition(VOID, _S.FIRED, _S.VOIDED, by="the system, when the order is cancelled"),
        Transition(VOID, _S.STARTED, _S.VOIDED, by="the system, when the order is cancelled"),
    ]
)

OPEN = tuple(state for state in TICKET.states if state not in TICKET.ends)
"""The states of tickets that somebody still works on."""
