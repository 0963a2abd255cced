from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Boolean
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T23:13:54:032364"
VERSION = "1.38.0"
DESCRIPTION = "orders that are closed"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="kitchen", description=DESCRIPTION
    )

    manager.add_column(
        table_class_name="OrderWork",
        tablename="order_work",
        column_name="closed",
        db_column_name="closed",
        column_class_name="Boolean",
        column_class=Boolean,
        params={
            "default": False,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema="kitchen",
    )

    return manager
