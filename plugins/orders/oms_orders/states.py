"""The states of an order: the one table that code, documents and tests read."""

from __future__ import annotations

from oms_core.machine import Machine, Transition
from oms_protos.kitchen.v1 import OrderPrepared, OrderRecalled, OrderStarted
from oms_protos.orders.v1 import OrderState

PLACE = "place"
ACCEPT = "accept"
STARTED = OrderStarted.EVENT.name
PREPARED = OrderPrepared.EVENT.name
RECALLED = OrderRecalled.EVENT.name
HAND_OFF = "hand_off"
COMPLETE = "complete"
CANCEL = "cancel"

_S = OrderState

ORDER = Machine(
    [
        Transition(PLACE, None, _S.PLACED, by="guest, staff or channel"),
        Transition(ACCEPT, _S.PLACED, _S.ACCEPTED, by="the system, at once"),
        Transition(STARTED, _S.ACCEPTED, _S.PREPARING, by="kitchen"),
        Transition(PREPARED, _S.ACCEPTED, _S.READY, by="kitchen, when there is nothing to make"),
        Transition(PREPARED, _S.PREPARING, _S.READY, by="kitchen"),
        Transition(RECALLED, _S.READY, _S.PREPARING, by="kitchen: the only step back"),
        Transition(RECALLED, _S.ACCEPTED, _S.PREPARING, by="kitchen, when its earlier steps are heard later"),
        Transition(HAND_OFF, _S.READY, _S.HANDED_OFF, by="staff"),
        Transition(COMPLETE, _S.HANDED_OFF, _S.COMPLETED, by="the system, at once"),
        Transition(CANCEL, _S.PLACED, _S.CANCELLED, by="manager"),
        Transition(CANCEL, _S.ACCEPTED, _S.CANCELLED, by="manager"),
        Transition(CANCEL, _S.PREPARING, _S.CANCELLED, by="manager"),
        Transition(CANCEL, _S.READY, _S.CANCELLED, by="manager"),
    ]
)

LIVE = tuple(state for state in ORDER.states if state not in ORDER.ends)
"""The states of orders that somebody still works on."""
