"""A plan first, then all of it under one lock; what fails leaves nothing."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path

import pytest
from piccolo.columns import Integer, Text
from piccolo.table import Table

from oms_core.errors import StorageError
from oms_core.storage import Database, PluginTables, Tenant, migrate, plan
from oms_core.storage.connection import connect
from oms_core.storage.piccolo_migrations import make_migration
from tests.storage.sample import Note


async def test_plan_shows_what_migrate_does_and_both_are_idempotent(
    database_dsn: str, plugins: list[PluginTables], capsys: pytest.CaptureFixture[str]
) -> None:
    planned = await plan(database_dsn, plugins)
    assert planned == await plan(database_dsn, plugins)
    assert await migrate(database_dsn, plugins) == planned
    assert await plan(database_dsn, plugins) == []
    assert await migrate(database_dsn, plugins) == []
    # The core first, then plugin after plugin, each ending with its policies.
    apps = list(dict.fromkeys(step.app for step in planned))
    assert apps == ["oms", "alpha", "beta"]
    assert [step.app for step in planned if step.name == "policies"] == ["alpha", "beta"]
    assert capsys.readouterr().out == ""


async def test_several_migrations_at_once_wait_for_each_other(
    database_dsn: str, plugins: list[PluginTables]
) -> None:
    done = await asyncio.gather(*(migrate(database_dsn, plugins) for _ in range(4)))
    assert sorted(bool(steps) for steps in done) == [False, False, False, True]


async def test_the_login_that_serves_may_see_the_plan_and_not_carry_it_out(
    dsn: str, plugins: list[PluginTables]
) -> None:
    serving = dsn.replace("postgres@", "oms_app@")
    assert await plan(serving, plugins) == []
    connection = await connect(dsn)
    await connection.execute("delete from oms.migration where app = 'beta' and name = 'policies'")
    await connection.close()
    with pytest.raises(StorageError) as caught:
        await migrate(serving, plugins)
    assert caught.value.code == "MIGRATION_FORBIDDEN"


async def test_a_failing_migration_leaves_nothing_of_it(
    database_dsn: str, plugins: list[PluginTables], tmp_path: Path
) -> None:
    alpha = _copy(plugins[0], tmp_path)
    assert alpha.migrations is not None
    bad = alpha.migrations / "alpha_9999_bad.py"
    bad.write_text(
        "from piccolo.apps.migrations.auto.migration_manager import MigrationManager\n"
        "from oms_core.storage.engine import ENGINE\n"
        "ID = '9999'\n"
        "async def forwards():\n"
        "    manager = MigrationManager(migration_id=ID, app_name='alpha')\n"
        "    async def run():\n"
        "        await ENGINE.run_ddl('create table alpha.half (n int)')\n"
        "        await ENGINE.run_ddl('create table alpha.half (n int)')\n"
        "    manager.add_raw(run)\n"
        "    return manager\n"
    )
    with pytest.raises(StorageError) as caught:
        await migrate(database_dsn, [alpha])
    assert caught.value.code == "MIGRATION_FAILED"
    assert "alpha" in caught.value.message
    connection = await connect(database_dsn)
    assert await connection.fetchval("select to_regnamespace('alpha') is null")
    assert await connection.fetchval("select count(*) from oms.migration where app = 'alpha'") == 0
    await connection.close()
    bad.unlink()
    assert [step.app for step in await migrate(database_dsn, [alpha])] == ["alpha", "alpha"]


async def test_a_later_migration_keeps_rows_and_extends_the_policies(
    database_dsn: str, plugins: list[PluginTables], tmp_path: Path
) -> None:
    alpha = _copy(plugins[0], tmp_path)
    await migrate(database_dsn, [alpha])
    database = await Database.open(database_dsn, plugins=["alpha"])
    async with database.storage("alpha").transaction(tenant="chn_1"):
        await Note(id="a", text="kept").save()

    class Tag(Table, schema="alpha"):
        id = Text(primary_key=True)
        tenant = Tenant()
        rank = Integer()

    grown = PluginTables("alpha", [Note, Tag], alpha.migrations)
    assert await make_migration(grown, description="tags") is not None
    assert await make_migration(grown) is None
    steps = await migrate(database_dsn, [grown])
    assert [step.name for step in steps][-1] == "policies"
    async with database.storage("alpha").transaction(tenant="chn_1"):
        await Tag(id="t", rank=1).save()
        assert [note["text"] for note in await Note.select()] == ["kept"]
    async with database.storage("alpha").transaction(tenant="chn_2"):
        assert await Tag.select() == []
    await database.close()


async def test_two_plugins_may_have_files_of_one_ending(database_dsn: str, tmp_path: Path) -> None:
    class First(Table, schema="uno"):
        id = Text(primary_key=True)
        tenant = Tenant()

    class Second(Table, schema="due"):
        id = Text(primary_key=True)
        tenant = Tenant()

    path = list(sys.path)
    plugins = [PluginTables("uno", [First], tmp_path / "a"), PluginTables("due", [Second], tmp_path / "b")]
    for plugin in plugins:
        written = await make_migration(plugin)
        assert written is not None
        written.rename(written.with_name(f"{plugin.plugin}_0001_initial.py"))
    await migrate(database_dsn, plugins)
    connection = await connect(database_dsn)
    tables = "select count(*) from pg_tables where schemaname in ('uno', 'due')"
    assert await connection.fetchval(tables) == 2
    await connection.close()
    assert sys.path == path
    assert "piccolo_conf" not in sys.modules


async def test_a_right_that_is_no_longer_given_is_gone(dsn: str, plugins: list[PluginTables]) -> None:
    connection = await connect(dsn)
    await connection.execute("grant all on alpha.note to oms_beta, public")
    await connection.execute("delete from oms.migration where name = 'policies'")
    assert {step.name for step in await migrate(dsn, plugins)} == {"policies"}
    assert not await connection.fetchval("select has_table_privilege('public', 'alpha.note', 'select')")
    assert not await connection.fetchval("select has_table_privilege('oms_beta', 'alpha.note', 'select')")
    await connection.close()


async def test_a_table_that_belongs_to_nobody_or_elsewhere_is_refused(tmp_path: Path) -> None:
    class Loose(Table, schema="alpha"):
        id = Text(primary_key=True)

    class Stray(Table, schema="beta"):
        tenant = Tenant()

    for table, code in ((Loose, "TABLE_TENANT"), (Stray, "TABLE_SCHEMA")):
        with pytest.raises(StorageError) as caught:
            PluginTables("alpha", [table], tmp_path).check()
        assert caught.value.code == code
        assert table.__name__ in caught.value.message


async def test_a_migration_under_another_name_is_refused(
    database_dsn: str, plugins: list[PluginTables], tmp_path: Path
) -> None:
    alpha = _copy(plugins[0], tmp_path)
    assert alpha.migrations is not None
    (alpha.migrations / "0001_initial.py").write_text("ID = '1'\n")
    with pytest.raises(StorageError) as caught:
        await plan(database_dsn, [alpha])
    assert caught.value.code == "MIGRATION_NAME"
    assert "0001_initial.py" in caught.value.message


async def test_tables_without_any_migration_are_refused(database_dsn: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        await plan(database_dsn, [PluginTables("alpha", [Note], tmp_path)])
    assert caught.value.code == "MIGRATION_MISSING"


@pytest.mark.parametrize("name", ["relay", "app", "owner", "a-b", "A", "x; drop role y", "a" * 60])
async def test_a_plugin_cannot_take_a_role_of_the_runtime(database_dsn: str, name: str) -> None:
    with pytest.raises(StorageError) as caught:
        await plan(database_dsn, [PluginTables(name)])
    assert caught.value.code == "PLUGIN_NAME"


async def test_a_plugin_without_tables_has_a_role_and_an_inbox(database_dsn: str) -> None:
    await migrate(database_dsn, [PluginTables("bare")])
    database = await Database.open(database_dsn, plugins=["bare"])
    async with database.storage("bare").transaction(tenant="chn_1") as tx:
        assert await tx.fetch("select * from oms.inbox") == []
    await database.close()


async def test_a_login_that_may_not_create_roles_is_told_what_to_ask_for(
    database_dsn: str, plugins: list[PluginTables]
) -> None:
    connection = await connect(database_dsn)
    await connection.execute("drop role if exists visitor; create role visitor login")
    visitor = database_dsn.replace("postgres@", "visitor@")
    with pytest.raises(StorageError) as caught:
        await migrate(visitor, [*plugins, PluginTables("newcomer")])
    assert caught.value.code == "ROLE_FORBIDDEN"
    assert "create role" in caught.value.hint
    await connection.execute("drop role visitor")
    await connection.close()


async def test_a_login_that_may_create_roles_migrates_and_serves(database_dsn: str, tmp_path: Path) -> None:
    class Leaf(Table, schema="managed"):
        id = Text(primary_key=True)
        tenant = Tenant()

    managed = PluginTables("managed", [Leaf], tmp_path / "managed")
    assert await make_migration(managed) is not None
    connection = await connect(database_dsn)
    name = await connection.fetchval("select current_database()")
    # As on a managed server: no superuser, and the roles of other databases are there already or not.
    await connection.execute(
        "create role manager login createrole bypassrls password 'secret';"
        f"alter database {name} owner to manager;"
        "do $$ declare r text; begin for r in select rolname from pg_roles where rolname like 'oms\\_%' loop"
        " execute format('grant %I to manager with admin option, inherit false', r); end loop; end $$"
    )
    dsn = database_dsn.replace("postgres@", "manager:secret@")
    await migrate(dsn, [managed])
    database = await Database.open(dsn, plugins=["managed"])
    async with database.storage("managed").transaction(tenant="chn_1") as tx:
        await Leaf(id="x").save()
        assert await tx.fetchval("select current_user") == "oms_managed"
    await database.close()
    await connection.execute(
        f"alter database {name} owner to postgres; reassign owned by manager to postgres;"
        "drop owned by manager"
    )
    await connection.execute("drop role manager")
    await connection.close()


def _copy(plugin: PluginTables, folder: Path) -> PluginTables:
    assert plugin.migrations is not None
    copied = folder / "migrations"
    shutil.copytree(plugin.migrations, copied)
    return PluginTables(plugin.plugin, plugin.tables, copied)
