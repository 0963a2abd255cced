"""The states of a ticket: the one table that code, documents and tests read."""

from __future__ import annotations

from oms_core.machine import Machine, Transition
from oms_protos.kitchen.v1 import TicketState

FIRE = "fire"
START = "start"
DONE = "done"
RECALL = "recall"
VOID = "void"

_S = TicketState
_CLOSING = "the system, when the order is cancelled or handed over"

TICKET = Machine(
    [
        Transition(FIRE, None, _S.FIRED, by="the system, when an order is accepted"),
        Transition(START, _S.FIRED, _S.STARTED, by="cook"),
        Transition(DONE, _S.STARTED, _S.READY, by="cook"),
        Transition(RECALL, _S.READY, _S.RECALLED, by="cook, until the order is cancelled or handed over"),
        Transition(START, _S.RECALLED, _S.STARTED, by="cook"),
        Transition(VOID, _S.FIRED, _S.VOIDED, by=_CLOSING),
        Transition(VOID, _S.STARTED, _S.VOIDED, by=_CLOSING),
        Transition(VOID, _S.RECALLED, _S.VOIDED, by=_CLOSING),
    ]
)

OPEN = tuple(state for state in TICKET.states if TICKET.after(state, VOID) is not None)
"""The states of tickets that somebody still works on."""
