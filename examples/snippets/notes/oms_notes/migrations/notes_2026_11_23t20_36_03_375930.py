from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from oms_core.storage.tables import RunningTenant
from oms_core.storage.tables import Tenant
from piccolo.columns.column_types import Text
from piccolo.columns.column_types import Timestamptz
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T20:36:03:375930"
VERSION = "1.38.0"
DESCRIPTION = "first"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="notes", description=DESCRIPTION
    )

    manager.add_table(
        class_name="NoteRow", tablename="notes", schema="notes", columns=None
    )

    manager.add_column(
        table_class_name="NoteRow",
        tablename="notes",
        column_name="note_id",
        db_column_name="note_id",
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
        schema="notes",
    )

    manager.add_column(
        table_class_name="NoteRow",
        tablename="notes",
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
        schema="notes",
    )

    manager.add_column(
        table_class_name="NoteRow",
        tablename="notes",
        column_name="node_id",
        db_column_name="node_id",
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
        schema="notes",
    )

    manager.add_column(
        table_class_name="NoteRow",
        tablename="notes",
        column_name="node_name",
        db_column_name="node_name",
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
        schema="notes",
    )

    manager.add_column(
        table_class_name="NoteRow",
        tablename="notes",
        column_name="text",
        db_column_name="text",
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
        schema="notes",
    )

    manager.add_column(
        table_class_name="NoteRow",
        tablename="notes",
        column_name="written_at",
        db_column_name="written_at",
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
        schema="notes",
    )

    return manager
