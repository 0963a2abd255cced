"""Where tickets are kept."""

from __future__ import annotations

from piccolo.columns import JSONB, Array, BigInt, Boolean, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from oms_core.storage import Tenant


class OrderWork(Table, tablename="order_work", schema="kitchen"):
    """One row an order: counts what the kitchen told about it, and is the lock that its steps take first.

    Without tickets there was nothing to make, or the order was cancelled before it was heard of. ``closed``:
    the order was cancelled or handed over.
    """

    order_id = Text(primary_key=True)
    tenant = Tenant()
    location_id = Text(required=True)
    version = BigInt(required=True)
    closed = Boolean(default=False)


class TicketRow(Table, tablename="tickets", schema="kitchen"):
    """What one station makes for one order; the items, with their modifiers, never change."""

    ticket_id = Text(primary_key=True)
    tenant = Tenant()
    order_id = ForeignKey(OrderWork, null=False, on_delete=OnDelete.restrict, index=True)
    location_id = Text(required=True)
    station = Text(required=True)
    number = Integer(required=True)
    state = Text(required=True)
    items = JSONB(required=True)
    also_at = Array(base_column=Text())
    fired_at = Timestamptz(required=True, default=None)
    updated_at = Timestamptz(required=True, default=None)
    version = BigInt(required=True)
