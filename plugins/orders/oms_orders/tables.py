"""Where orders are kept. Notes lie in the lines and nowhere else."""

from __future__ import annotations

from piccolo.columns import JSONB, BigInt, BigSerial, Date, ForeignKey, Integer, SmallInt, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from oms_core.storage import Tenant


class DayNumber(Table, tablename="day_numbers", schema="orders"):
    """The last display number that a location gave out on a business day (``<location_id>/<date>``)."""

    day = Text(primary_key=True)
    tenant = Tenant()
    last = Integer(required=True)


class OrderRow(Table, tablename="orders", schema="orders"):
    """An order as it stands. Amounts are in minor units.

    ``adjustments`` hold plugin, code, name, amount and line of each; null for none. ``kitchen_version`` says
    how far the kitchen was heard: its events may come in another sequence than it told them.
    """

    order_id = Text(primary_key=True)
    tenant = Tenant()
    location_id = Text(required=True)
    brand_id = Text(required=True)
    number = Integer(required=True)
    business_date = Date(required=True, default=None)
    state = Text(required=True)
    service_mode = Text(required=True)
    amount = BigInt(required=True)
    currency = Text(required=True)
    menu_version = BigInt(required=True)
    channel = Text(required=True)
    external_id = Text(null=True, default=None)
    placed_at = Timestamptz(required=True, default=None)
    updated_at = Timestamptz(required=True, default=None)
    version = BigInt(required=True)
    adjustments = JSONB(null=True, default=None)
    kitchen_version = BigInt(default=0)

    once_per_channel = Unique([tenant, channel, external_id])


class LineRow(Table, tablename="order_lines", schema="orders"):
    """A line with the names and prices of the moment it was placed; nothing changes it.

    ``unit_amount`` is with all modifiers. ``modifiers`` hold id, group, name, quantity, amount and inner
    modifiers of each; null for none.
    """

    line_id = Text(primary_key=True)
    tenant = Tenant()
    order_id = ForeignKey(OrderRow, null=False, on_delete=OnDelete.restrict)
    position = SmallInt(required=True)
    item_id = Text(required=True)
    variation_id = Text(required=True)
    name = Text(required=True)
    variation_name = Text(required=True)
    quantity = Integer(required=True)
    note = Text()
    unit_amount = BigInt(required=True)
    modifiers = JSONB(null=True, default=None)

    one_place_each = Unique([order_id, position])


class TimelineRow(Table, tablename="timeline", schema="orders"):
    """Every step of every order, append-only: replayed from empty it gives the order's row."""

    entry_id = BigSerial(primary_key=True)
    tenant = Tenant()
    order_id = ForeignKey(OrderRow, null=False, on_delete=OnDelete.restrict)
    version = BigInt(required=True)
    step = Text(required=True)
    from_state = Text()
    to_state = Text(required=True)
    by = Text(required=True)
    at = Timestamptz(required=True, default=None)
    reason = Text()

    one_step_per_version = Unique([order_id, version])
