"""What the world hears of each step: ids, states and amounts, never a note."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from oms_orders import modifiers, states
from oms_protos.orders.v1 import (
    EventLine,
    Order,
    OrderAccepted,
    OrderCancelled,
    OrderCompleted,
    OrderHandedOff,
    OrderLine,
    OrderPlaced,
    OrderPreparing,
    OrderReady,
    TimelineEntry,
)
from oms_wire.event import EventMessage


def event_of(order: Order, entry: TimelineEntry) -> EventMessage:
    """Return the one event that a step of an order publishes."""
    return _EVENTS[entry.step](order, entry)


def _placed(order: Order, _: TimelineEntry) -> EventMessage:
    return OrderPlaced(
        order_id=order.order_id, location_id=order.location_id, channel=order.channel, total=order.total
    )


def _accepted(order: Order, _: TimelineEntry) -> EventMessage:
    return OrderAccepted(
        order_id=order.order_id,
        location_id=order.location_id,
        number=order.number,
        service_mode=order.service_mode,
        lines=[_line(line) for line in order.lines],
    )


def _line(line: OrderLine) -> EventLine:
    return EventLine(
        line_id=line.line_id,
        item_id=line.item_id,
        variation_id=line.variation_id,
        name=line.name,
        variation_name=line.variation_name,
        quantity=line.quantity,
        modifiers=modifiers.told(line.modifiers),
    )


def _preparing(order: Order, _: TimelineEntry) -> EventMessage:
    return OrderPreparing(order_id=order.order_id, location_id=order.location_id)


def _ready(order: Order, _: TimelineEntry) -> EventMessage:
    return OrderReady(order_id=order.order_id, location_id=order.location_id, number=order.number)


def _handed_off(order: Order, _: TimelineEntry) -> EventMessage:
    return OrderHandedOff(order_id=order.order_id, location_id=order.location_id)


def _completed(order: Order, _: TimelineEntry) -> EventMessage:
    return OrderCompleted(order_id=order.order_id, location_id=order.location_id, total=order.total)


def _cancelled(order: Order, entry: TimelineEntry) -> EventMessage:
    return OrderCancelled(order_id=order.order_id, location_id=order.location_id, reason=entry.reason)


_EVENTS: Mapping[str, Callable[[Order, TimelineEntry], EventMessage]] = {
    states.PLACE: _placed,
    states.ACCEPT: _accepted,
    states.STARTED: _preparing,
    states.PREPARED: _ready,
    states.RECALLED: _preparing,
    states.HAND_OFF: _handed_off,
    states.COMPLETE: _completed,
    states.CANCEL: _cancelled,
}
