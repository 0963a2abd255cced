from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from oms_core.storage.tables import RunningTenant
from oms_core.storage.tables import Tenant
from piccolo.columns.base import OnDelete
from piccolo.columns.base import OnUpdate
from piccolo.columns.column_types import Array
from piccolo.columns.column_types import BigInt
from piccolo.columns.column_types import BigSerial
from piccolo.columns.column_types import Boolean
from piccolo.columns.column_types import ForeignKey
from piccolo.columns.column_types import JSONB
from piccolo.columns.column_types import SmallInt
from piccolo.columns.column_types import Text
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Unique
from piccolo.table import Table


class ModifierGroupRow(Table, tablename="modifier_groups", schema="menu"):
    group_id = Text(
        default="",
        null=False,
        primary_key=True,
        unique=False,
        index=False,
        index_method=IndexMethod.btree,
        choices=None,
        db_column_name=None,
        secret=False,
    )


class ModifierRow(Table, tablename="modifiers", schema="menu"):
    modifier_id = Text(
        default="",
        null=False,
        primary_key=True,
        unique=False,
        index=False,
        index_method=IndexMethod.btree,
        choices=None,
        db_column_name=None,
        secret=False,
    )


ID = "2026-11-23T23:24:03:091446"
VERSION = "1.38.0"
DESCRIPTION = "modifiers"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="menu", description=DESCRIPTION
    )

    manager.add_table(
        class_name="ModifierOfferRow",
        tablename="modifier_offers",
        schema="menu",
        columns=None,
    )

    manager.add_table(
        class_name="ModifierGroupRow",
        tablename="modifier_groups",
        schema="menu",
        columns=None,
    )

    manager.add_table(
        class_name="ModifierRow",
        tablename="modifiers",
        schema="menu",
        columns=None,
    )

    manager.add_column(
        table_class_name="ModifierOfferRow",
        tablename="modifier_offers",
        column_name="offer_id",
        db_column_name="offer_id",
        column_class_name="BigSerial",
        column_class=BigSerial,
        params={
            "null": False,
            "primary_key": True,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierOfferRow",
        tablename="modifier_offers",
        column_name="tenant",
        db_column_name="tenant",
        column_class_name="Tenant",
        column_class=Tenant,
        params={
            "default": RunningTenant(),
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierOfferRow",
        tablename="modifier_offers",
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
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierOfferRow",
        tablename="modifier_offers",
        column_name="modifier_id",
        db_column_name="modifier_id",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": ModifierRow,
            "on_delete": OnDelete.cascade,
            "on_update": OnUpdate.cascade,
            "target_column": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": True,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierOfferRow",
        tablename="modifier_offers",
        column_name="amount",
        db_column_name="amount",
        column_class_name="BigInt",
        column_class=BigInt,
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
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierOfferRow",
        tablename="modifier_offers",
        column_name="currency",
        db_column_name="currency",
        column_class_name="Text",
        column_class=Text,
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
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierOfferRow",
        tablename="modifier_offers",
        column_name="available",
        db_column_name="available",
        column_class_name="Boolean",
        column_class=Boolean,
        params={
            "default": True,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierGroupRow",
        tablename="modifier_groups",
        column_name="group_id",
        db_column_name="group_id",
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
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierGroupRow",
        tablename="modifier_groups",
        column_name="tenant",
        db_column_name="tenant",
        column_class_name="Tenant",
        column_class=Tenant,
        params={
            "default": RunningTenant(),
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierGroupRow",
        tablename="modifier_groups",
        column_name="brand_id",
        db_column_name="brand_id",
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
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierGroupRow",
        tablename="modifier_groups",
        column_name="name",
        db_column_name="name",
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
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierGroupRow",
        tablename="modifier_groups",
        column_name="min_choices",
        db_column_name="min_choices",
        column_class_name="SmallInt",
        column_class=SmallInt,
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
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierGroupRow",
        tablename="modifier_groups",
        column_name="max_choices",
        db_column_name="max_choices",
        column_class_name="SmallInt",
        column_class=SmallInt,
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
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierGroupRow",
        tablename="modifier_groups",
        column_name="version",
        db_column_name="version",
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
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierRow",
        tablename="modifiers",
        column_name="modifier_id",
        db_column_name="modifier_id",
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
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierRow",
        tablename="modifiers",
        column_name="tenant",
        db_column_name="tenant",
        column_class_name="Tenant",
        column_class=Tenant,
        params={
            "default": RunningTenant(),
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierRow",
        tablename="modifiers",
        column_name="group_id",
        db_column_name="group_id",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": ModifierGroupRow,
            "on_delete": OnDelete.restrict,
            "on_update": OnUpdate.cascade,
            "target_column": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": True,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierRow",
        tablename="modifiers",
        column_name="position",
        db_column_name="position",
        column_class_name="SmallInt",
        column_class=SmallInt,
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
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierRow",
        tablename="modifiers",
        column_name="name",
        db_column_name="name",
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
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierRow",
        tablename="modifiers",
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
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierRow",
        tablename="modifiers",
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
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierRow",
        tablename="modifiers",
        column_name="max_quantity",
        db_column_name="max_quantity",
        column_class_name="SmallInt",
        column_class=SmallInt,
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
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierRow",
        tablename="modifiers",
        column_name="opens",
        db_column_name="opens",
        column_class_name="Array",
        column_class=Array,
        params={
            "default": list,
            "base_column": Text(
                default="",
                null=False,
                primary_key=False,
                unique=False,
                index=False,
                index_method=IndexMethod.btree,
                choices=None,
                db_column_name=None,
                secret=False,
            ),
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="menu",
    )

    manager.add_column(
        table_class_name="ModifierRow",
        tablename="modifiers",
        column_name="station",
        db_column_name="station",
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
        schema="menu",
    )

    manager.add_constraint(
        table_class_name="ModifierOfferRow",
        tablename="modifier_offers",
        constraint_name="one_modifier_offer_each",
        constraint_class=Unique,
        params={
            "columns": ["location_id", "modifier_id"],
            "nulls_distinct": True,
        },
        schema="menu",
    )

    manager.add_column(
        table_class_name="ItemRow",
        tablename="items",
        column_name="modifier_groups",
        db_column_name="modifier_groups",
        column_class_name="JSONB",
        column_class=JSONB,
        params={
            "default": "[]",
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="menu",
    )

    return manager
