"""What is kept."""

from __future__ import annotations

from oms_core.storage import Tenant
from piccolo.columns import BigInt, Date, SmallInt, Text, Time, Timestamptz
from piccolo.table import Table


class HappyHourRow(Table, tablename="happy_hours", schema="happy_hour"):  # the schema has the plugin's name
    """One happy hour; a deleted one stays, for the quotes that were made while it ran."""

    happy_hour_id = Text(primary_key=True)
    tenant = Tenant(index=True)  # every table has one; it is filled in by itself
    location_id = Text(required=True, index=True)
    weekday = SmallInt(required=True, default=None)
    starts = Time(required=True, default=None)
    ends = Time(required=True, default=None)
    percent_off = SmallInt(required=True, default=None)
    created_at = Timestamptz(required=True, default=None)
    deleted_at = Timestamptz(null=True, default=None)


class GivenDayRow(Table, tablename="given_days", schema="happy_hour"):
    """What happy hours gave away at a location on one business day."""

    given_day_id = Text(primary_key=True)  # location, day and currency: a day has one row for each
    tenant = Tenant(index=True)
    location_id = Text(required=True)
    business_date = Date(required=True, default=None)
    currency = Text(required=True)
    orders = BigInt(default=0)
    amount = BigInt(default=0)
