from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from oms_core.storage.tables import RunningTenant
from oms_core.storage.tables import Tenant
from piccolo.columns.column_types import BigInt
from piccolo.columns.column_types import Date
from piccolo.columns.column_types import SmallInt
from piccolo.columns.column_types import Text
from piccolo.columns.column_types import Time
from piccolo.columns.column_types import Timestamptz
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T23:35:53:661443"
VERSION = "1.38.0"
DESCRIPTION = "first"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="happy_hour", description=DESCRIPTION
    )

    manager.add_table(
        class_name="HappyHourRow",
        tablename="happy_hours",
        schema="happy_hour",
        columns=None,
    )

    manager.add_table(
        class_name="GivenDayRow",
        tablename="given_days",
        schema="happy_hour",
        columns=None,
    )

    manager.add_column(
        table_class_name="HappyHourRow",
        tablename="happy_hours",
        column_name="happy_hour_id",
        db_column_name="happy_hour_id",
        column_class_name="Text",
        column_class=Text,
        params={
            "default": "",
            "null": False,
            "primary_key": True,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="happy_hour",
    )

    manager.add_column(
        table_class_name="HappyHourRow",
        tablename="happy_hours",
        column_name="tenant",
        db_column_name="tenant",
        column_class_name="Tenant",
        column_class=Tenant,
        params={
            "default": RunningTenant(),
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": True,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="happy_hour",
    )

    manager.add_column(
        table_class_name="HappyHourRow",
        tablename="happy_hours",
        column_name="location_id",
        db_column_name="location_id",
        column_class_name="Text",
        column_class=Text,
        params={
            "default": "",
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": True,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="happy_hour",
    )

    manager.add_column(
        table_class_name="HappyHourRow",
        tablename="happy_hours",
        column_name="weekday",
        db_column_name="weekday",
        column_class_name="SmallInt",
        column_class=SmallInt,
        params={
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="happy_hour",
    )

    manager.add_column(
        table_class_name="HappyHourRow",
        tablename="happy_hours",
        column_name="starts",
        db_column_name="starts",
        column_class_name="Time",
        column_class=Time,
        params={
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="happy_hour",
    )

    manager.add_column(
        table_class_name="HappyHourRow",
        tablename="happy_hours",
        column_name="ends",
        db_column_name="ends",
        column_class_name="Time",
        column_class=Time,
        params={
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="happy_hour",
    )

    manager.add_column(
        table_class_name="HappyHourRow",
        tablename="happy_hours",
        column_name="percent_off",
        db_column_name="percent_off",
        column_class_name="SmallInt",
        column_class=SmallInt,
        params={
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="happy_hour",
    )

    manager.add_column(
        table_class_name="HappyHourRow",
        tablename="happy_hours",
        column_name="created_at",
        db_column_name="created_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="happy_hour",
    )

    manager.add_column(
        table_class_name="HappyHourRow",
        tablename="happy_hours",
        column_name="deleted_at",
        db_column_name="deleted_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={
            "default": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="happy_hour",
    )

    manager.add_column(
        table_class_name="GivenDayRow",
        tablename="given_days",
        column_name="given_day_id",
        db_column_name="given_day_id",
        column_class_name="Text",
        column_class=Text,
        params={
            "default": "",
            "null": False,
            "primary_key": True,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="happy_hour",
    )

    manager.add_column(
        table_class_name="GivenDayRow",
        tablename="given_days",
        column_name="tenant",
        db_column_name="tenant",
        column_class_name="Tenant",
        column_class=Tenant,
        params={
            "default": RunningTenant(),
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": True,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="happy_hour",
    )

    manager.add_column(
        table_class_name="GivenDayRow",
        tablename="given_days",
        column_name="location_id",
        db_column_name="location_id",
        column_class_name="Text",
        column_class=Text,
        params={
            "default": "",
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="happy_hour",
    )

    manager.add_column(
        table_class_name="GivenDayRow",
        tablename="given_days",
        column_name="business_date",
        db_column_name="business_date",
        column_class_name="Date",
        column_class=Date,
        params={
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="happy_hour",
    )

    manager.add_column(
        table_class_name="GivenDayRow",
        tablename="given_days",
        column_name="currency",
        db_column_name="currency",
        column_class_name="Text",
        column_class=Text,
        params={
            "default": "",
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="happy_hour",
    )

    manager.add_column(
        table_class_name="GivenDayRow",
        tablename="given_days",
        column_name="orders",
        db_column_name="orders",
        column_class_name="BigInt",
        column_class=BigInt,
        params={
            "default": 0,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="happy_hour",
    )

    manager.add_column(
        table_class_name="GivenDayRow",
        tablename="given_days",
        column_name="amount",
        db_column_name="amount",
        column_class_name="BigInt",
        column_class=BigInt,
        params={
            "default": 0,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="happy_hour",
    )

    return manager
