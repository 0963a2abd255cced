"""Run and write Piccolo's migrations without its ``piccolo_conf`` file, its prints and its import by name.

Piccolo's own runner puts each folder on ``sys.path`` and imports by bare file name, so that two plugins
with a file of one name run the same migration twice; and it records a migration outside the transaction
that ran it. So this module uses its parts and not its runner.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.commands import new as piccolo_new
from piccolo.conf.apps import AppConfig, AppRegistry

from oms_core.errors import StorageError
from oms_core.storage.connection import Connection, Record
from oms_core.storage.engine import ENGINE
from oms_core.storage.migrations import cause_of, migration_files
from oms_core.storage.tables import PluginTables

_CONF = "piccolo_conf"


class MigrationTransaction:
    """What Piccolo's migrations join: the migrator's connection and its open transaction."""

    joinable = True
    open = True

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def fetch(self, sql: str, *args: object) -> list[Record]:
        """Return all rows."""
        return await self.connection.fetch(sql, *args)


async def run_files(connection: Connection, plugin: str, files: Sequence[Path]) -> None:
    """Run migrations in turn, inside the transaction that is open on the connection.

    Raises StorageError that names the plugin, the file and the cause.
    """
    token = ENGINE.current_transaction.set(MigrationTransaction(connection))
    try:
        with _configured(), contextlib.redirect_stdout(io.StringIO()):
            for file in files:
                try:
                    manager = await _load(plugin, file).forwards()
                    if isinstance(manager, MigrationManager):
                        await manager.run()
                except Exception as error:
                    raise StorageError(
                        "MIGRATION_FAILED",
                        f"plugin {plugin!r}: its migration {file.name} failed: {cause_of(error)}",
                        hint="nothing of it was kept; mend the file and run:  oms db migrate",
                    ) from error
    finally:
        ENGINE.current_transaction.reset(token)


async def make_migration(plugin: PluginTables, *, description: str = "") -> Path | None:
    """Write the migration that leads from the plugin's last one to its table classes; None when none is due.

    Needs no database. Raises StorageError when a table has no schema or tenant.
    """
    plugin.check()
    folder = plugin.migrations
    if folder is None:
        return None
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").touch()
    app = AppConfig(app_name=plugin.plugin, migrations_folder_path=folder, table_classes=list(plugin.tables))
    with _configured(), _loading_by_path(plugin), contextlib.redirect_stdout(io.StringIO()):
        try:
            written = await piccolo_new._create_new_migration(  # noqa: SLF001 - the command around it prints
                app, auto=True, description=description, auto_input="n"
            )
        except piccolo_new.NoChanges:
            return None
    return Path(written.migration_path)


@contextlib.contextmanager
def _configured() -> Iterator[None]:
    """Be Piccolo's configuration for a while: its tables look for an engine in a module of this name."""
    conf = ModuleType(_CONF)
    conf.DB = ENGINE  # type: ignore[attr-defined]
    conf.APP_REGISTRY = AppRegistry([])  # type: ignore[attr-defined]
    before = sys.modules.get(_CONF)
    sys.modules[_CONF] = conf
    try:
        yield
    finally:
        del sys.modules[_CONF]
        if before is not None:
            sys.modules[_CONF] = before


@contextlib.contextmanager
def _loading_by_path(plugin: PluginTables) -> Iterator[None]:
    def modules(_: object, __: str) -> dict[str, Any]:
        loaded = [_load(plugin.plugin, file) for file in _existing(plugin)]
        return {module.ID: module for module in loaded}

    manager: Any = piccolo_new.AutoMigrationManager
    original = manager.get_migration_modules
    manager.get_migration_modules = modules
    try:
        yield
    finally:
        manager.get_migration_modules = original


def _existing(plugin: PluginTables) -> list[Path]:
    try:
        return migration_files(plugin)
    except StorageError as error:
        if error.code == "MIGRATION_MISSING":
            return []
        raise


def _load(plugin: str, file: Path) -> Any:
    """Import a migration by its path, under a name that no other plugin's can have."""
    spec = importlib.util.spec_from_file_location(f"_oms_migration_{plugin}_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise StorageError("MIGRATION_UNREADABLE", f"{file} cannot be imported", hint="look at the file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
