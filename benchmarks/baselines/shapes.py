"""Proto3 JSON as msgspec Structs by hand.

Handlers and encoder are handed these very objects: 64-bit numbers are strings in them already, which
spares this side the conversion that a service with numbers in its hands would have to make.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

import msgspec

Int64 = Annotated[str, msgspec.Meta(pattern=r"^-?[0-9]{1,19}$")]
Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]


class Shape(msgspec.Struct, rename="camel", omit_defaults=True, forbid_unknown_fields=True):
    """What every shape has in common."""


class NodeKind(Enum):
    """Kinds of node."""

    UNSPECIFIED = "NODE_KIND_UNSPECIFIED"
    CHAIN = "NODE_KIND_CHAIN"
    BRAND = "NODE_KIND_BRAND"
    LOCATION = "NODE_KIND_LOCATION"


class OrderState(Enum):
    """States of an order."""

    UNSPECIFIED = "ORDER_STATE_UNSPECIFIED"
    PLACED = "ORDER_STATE_PLACED"
    ACCEPTED = "ORDER_STATE_ACCEPTED"
    PREPARING = "ORDER_STATE_PREPARING"
    READY = "ORDER_STATE_READY"
    HANDED_OFF = "ORDER_STATE_HANDED_OFF"
    COMPLETED = "ORDER_STATE_COMPLETED"
    CANCELLED = "ORDER_STATE_CANCELLED"


class ServiceMode(Enum):
    """Where it is eaten."""

    UNSPECIFIED = "SERVICE_MODE_UNSPECIFIED"
    EAT_IN = "SERVICE_MODE_EAT_IN"
    TAKEOUT = "SERVICE_MODE_TAKEOUT"


class Node(Shape):
    """A place in the tenant tree."""

    node_id: str = ""
    parent_id: str = ""
    kind: NodeKind = NodeKind.UNSPECIFIED
    name: str = ""
    time_zone: str = ""
    currency: str = ""
    business_day_cutoff: str = ""


class Money(Shape):
    """An amount in minor units."""

    amount: Int64 = "0"
    currency: str = ""


class Line(Shape):
    """What a guest asks for."""

    variation_id: str = ""
    quantity: Int32 = 0
    note: str = ""


class PlaceOrderRequest(Shape):
    """Place the order that a quote describes."""

    location_id: str = ""
    service_mode: ServiceMode = ServiceMode.UNSPECIFIED
    lines: list[Line] = []
    quote_token: str = ""
    channel: str = ""
    external_id: str = ""


class OrderLine(Shape):
    """A line as it was priced."""

    line_id: str = ""
    item_id: str = ""
    variation_id: str = ""
    name: str = ""
    variation_name: str = ""
    quantity: Int32 = 0
    note: str = ""
    unit_price: Money | None = None
    total: Money | None = None


class TimelineEntry(Shape):
    """One step of an order."""

    version: Int64 = "0"
    step: str = ""
    from_state: OrderState = OrderState.UNSPECIFIED
    to_state: OrderState = OrderState.UNSPECIFIED
    by: str = ""
    at: datetime | None = None
    reason: str = ""


class Order(Shape):
    """An order with its timeline."""

    order_id: str = ""
    location_id: str = ""
    brand_id: str = ""
    number: Int32 = 0
    business_date: str = ""
    state: OrderState = OrderState.UNSPECIFIED
    service_mode: ServiceMode = ServiceMode.UNSPECIFIED
    lines: list[OrderLine] = []
    total: Money | None = None
    menu_version: Int64 = "0"
    channel: str = ""
    external_id: str = ""
    placed_at: datetime | None = None
    updated_at: datetime | None = None
    version: Int64 = "0"
    timeline: list[TimelineEntry] = []
