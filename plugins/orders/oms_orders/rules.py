"""What makes a basket a good one, to which day it belongs, and what a step does to an order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from oms_orders.states import ORDER
from oms_protos.orders.v1 import (
    Line,
    ModifierChoice,
    Order,
    OrderState,
    PlaceOrderRequest,
    PriceOrderRequest,
    ServiceMode,
    TimelineEntry,
)
from oms_wire.errors import FieldViolation

LINES = 200
QUANTITY = 999
NOTE_LENGTH = 200
EXTERNAL_ID_LENGTH = 100
LEVELS = 32
"""Of modifiers in one line: what is deeper is not even looked at. The menu allows less."""
SKEW = timedelta(minutes=1)
"""How far the clock of another system may be ahead of ours."""
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
_CHANNEL = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_REASON = re.compile(r"([A-Z][A-Z0-9_]{0,63})?")
_DAY = timedelta(days=1)


class IllegalStep(Exception):
    """A step that an order's state does not allow."""


# What is asked for


def check_basket(request: PriceOrderRequest | PlaceOrderRequest) -> list[FieldViolation]:
    """Say what is wrong with a basket before any price is looked up."""
    wrong = []
    if request.service_mode not in (ServiceMode.EAT_IN, ServiceMode.TAKEOUT):
        wrong.append(FieldViolation("service_mode", "say EAT_IN or TAKEOUT"))
    if not 1 <= len(request.lines) <= LINES:
        return [*wrong, FieldViolation("lines", f"{len(request.lines)} lines; 1 to {LINES} needed")]
    for index, line in enumerate(request.lines):
        wrong += _check_line(line, at=f"lines[{index}]")
    return wrong


def _check_line(line: Line, *, at: str) -> list[FieldViolation]:
    wrong = []
    if not line.variation_id:
        wrong.append(FieldViolation(f"{at}.variation_id", "a variation is required"))
    if not 1 <= line.quantity <= QUANTITY:
        wrong.append(FieldViolation(f"{at}.quantity", f"{line.quantity} is not in 1 to {QUANTITY}"))
    if len(line.note) > NOTE_LENGTH:
        wrong.append(FieldViolation(f"{at}.note", f"{len(line.note)} characters; at most {NOTE_LENGTH}"))
    elif not all(character.isprintable() or character == "\n" for character in line.note):
        wrong.append(FieldViolation(f"{at}.note", "control characters are not allowed in a note"))
    if line.modifiers and not _is_shallow(line.modifiers):
        wrong.append(FieldViolation(f"{at}.modifiers", f"more than {LEVELS} levels of modifiers"))
    return wrong


def _is_shallow(choices: Sequence[ModifierChoice]) -> bool:
    for _ in range(LEVELS):
        choices = [below for choice in choices for below in choice.modifiers]
        if not choices:
            return True
    return False


def check_placement(request: PlaceOrderRequest, *, now: datetime) -> list[FieldViolation]:
    """Say what is wrong with an order that is to be placed: its basket, and where it comes from."""
    wrong = check_basket(request)
    if not request.quote_token:
        wrong.append(FieldViolation("quote_token", "send the quote_token of PriceOrder"))
    if not _CHANNEL.fullmatch(request.channel):
        message = f'{request.channel!r} is not lower case like "web" or "kiosk", 1 to 40 characters'
        wrong.append(FieldViolation("channel", message))
    if len(request.external_id) > EXTERNAL_ID_LENGTH or not request.external_id.isprintable():
        message = f"at most {EXTERNAL_ID_LENGTH} characters, none of them control characters"
        wrong.append(FieldViolation("external_id", message))
    if request.placed_at is not None and not OLDEST <= request.placed_at <= now + SKEW:
        message = f"{request.placed_at.isoformat()} is not between {OLDEST.date()} and now"
        wrong.append(FieldViolation("placed_at", message))
    return wrong


def check_reason(reason: str) -> list[FieldViolation]:
    """Say what is wrong with a reason: it travels in events, so it is a code and never a sentence."""
    if not _REASON.fullmatch(reason):
        return [FieldViolation("reason", 'not a code like "OUT_OF_ITEMS", at most 64 characters')]
    return []


def check_state(state: OrderState) -> list[FieldViolation]:
    """Say what is wrong with the state that a list asks for; none in particular is right."""
    if state not in tuple(OrderState):
        return [FieldViolation("state", f"there is no state number {state.value}")]
    return []


# When it happens


def business_date(at: datetime, *, zone: ZoneInfo, cutoff: time) -> date:
    """Return the business day that an instant belongs to.

    A business day begins when the location's clock first shows ``cutoff`` on that date, and lasts until
    the next one begins; so a clock that is set back at night never brings yesterday back.
    """
    day = at.astimezone(zone).date()
    while at < _begin(day, zone, cutoff):
        day -= _DAY
    while at >= _begin(day + _DAY, zone, cutoff):
        day += _DAY
    return day


def _begin(day: date, zone: ZoneInfo, cutoff: time) -> datetime:
    # fold=0 is the first of two equal wall times. A wall time that the spring change leaves out begins
    # as much later as the clock jumps. Only in UTC are instants of one zone compared as instants.
    return datetime.combine(day, cutoff, tzinfo=zone).astimezone(UTC)


# What a step does


def take(order: Order, step: str, *, by: str, at: datetime, reason: str = "") -> Order:
    """Return the order after one step, one version further; raises IllegalStep.

    The order that was given stays as it is.
    """
    source = order.state if order.version else None
    target = ORDER.after(source, step)
    if target is None:
        raise IllegalStep(f"{step} is not allowed: the order is {order.state.name}")
    entry = TimelineEntry(
        version=order.version + 1,
        step=step,
        from_state=source or OrderState.UNSPECIFIED,
        to_state=target,
        by=by,
        at=at,
        reason=reason,
    )
    timeline = [*order.timeline, entry]
    return replace(order, state=target, version=entry.version, updated_at=at, timeline=timeline)


def follow(order: Order, step: str, *, by: str, at: datetime, reason: str = "") -> Order | None:
    """Return the order after what the kitchen has told, or None where it no longer matters."""
    if ORDER.after(order.state, step) is None:
        return None
    return take(order, step, by=by, at=at, reason=reason)


def replay(timeline: Sequence[TimelineEntry]) -> tuple[OrderState, int]:
    """Return the state and version that a timeline leads to; raises ValueError where it has a gap."""
    versions = [entry.version for entry in timeline]
    if versions != list(range(1, len(timeline) + 1)):
        raise ValueError(f"the versions {versions} have gaps")
    state = ORDER.replay(entry.step for entry in timeline)
    return state or OrderState.UNSPECIFIED, len(timeline)
