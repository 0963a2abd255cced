"""What each role may do, read from the catalogue and tried."""

from __future__ import annotations

import asyncio
import os
import uuid

import asyncpg
import pytest

from oms_core.storage import Database, EmbeddedServer, PluginTables
from oms_core.storage.connection import Connection, connect
from oms_core.storage.policies import TENANT_POLICY
from oms_core.storage.tables import table_name
from tests.storage.sample import Note, NoteWritten, Parcel

CORE = ("outbox", "event_log", "delivery", "inbox", "idempotency")


async def _write(database: Database, tenant: str) -> str:
    name = str(uuid.uuid4())
    async with database.storage("alpha").transaction(tenant=tenant) as tx:
        await Note(id=name, text="hello").save()
        tx.emit(NoteWritten(name), version=1)
    return name


async def test_every_table_has_forced_row_level_security(dsn: str, plugins: list[PluginTables]) -> None:
    connection = await connect(dsn)
    names = [table_name(table) for plugin in plugins for table in plugin.tables]
    for name in [*names, *(f"oms.{table}" for table in CORE)]:
        row = await connection.fetchrow(
            "select relrowsecurity, relforcerowsecurity, relowner::regrole::text as owner from pg_class"
            " where oid = $1::text::regclass",
            name,
        )
        assert row is not None, name
        assert (row["relrowsecurity"], row["relforcerowsecurity"], row["owner"]) == (True, True, "oms_owner")
    await connection.close()


async def test_the_policies_are_those_of_the_table_classes(dsn: str, plugins: list[PluginTables]) -> None:
    connection = await connect(dsn)
    for plugin in plugins:
        rows = await connection.fetch("select * from pg_policies where schemaname = $1", plugin.plugin)
        tables = {f"{row['schemaname']}.{row['tablename']}" for row in rows}
        assert tables == {table_name(table) for table in plugin.tables}
        for row in rows:
            assert (row["policyname"], row["cmd"], row["permissive"]) == (TENANT_POLICY, "ALL", "PERMISSIVE")
            assert row["qual"] == "(tenant = NULLIF(current_setting('oms.tenant'::text, true), ''::text))"
            assert row["with_check"] is None  # then the condition on reading is the condition on writing
    await connection.close()


async def test_only_the_plugin_s_role_and_maintenance_reach_its_tables(dsn: str) -> None:
    connection = await connect(dsn)
    rows = await connection.fetch(
        "select distinct grantee::regrole::text from pg_class c, aclexplode(c.relacl)"
        " where c.oid = 'alpha.note'::regclass"
    )
    assert {row["grantee"] for row in rows} == {"oms_owner", "oms_alpha", "oms_maintenance"}
    await connection.close()


async def test_the_roles_are_what_they_should_be(dsn: str) -> None:
    connection = await connect(dsn)
    rows = await connection.fetch("select * from pg_roles where rolname like 'oms%'")
    roles = {row["rolname"]: row for row in rows}
    assert not any(row["rolsuper"] or row["rolcreaterole"] or row["rolinherit"] for row in roles.values())
    assert {name for name, row in roles.items() if row["rolcanlogin"]} == {"oms_app"}
    assert {name for name, row in roles.items() if row["rolbypassrls"]} == {"oms_maintenance"}
    await connection.close()


async def test_a_tenant_sees_its_own_rows_only(database: Database) -> None:
    mine, other = await _write(database, "chn_1"), await _write(database, "chn_2")
    async with database.storage("alpha").transaction(tenant="chn_1") as tx:
        assert [note["id"] for note in await Note.select()] == [mine]
        assert await tx.execute("update alpha.note set text = 'x' where id = $1", other) == "UPDATE 0"


async def test_a_row_for_another_tenant_is_refused(database: Database) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.storage("alpha").transaction(tenant="chn_1"):
            await Note(id="n", tenant="chn_2").save()


@pytest.mark.parametrize("setting", ["reset oms.tenant", "set local oms.tenant = ''"])
async def test_a_query_without_a_tenant_returns_nothing(database: Database, setting: str) -> None:
    await _write(database, "chn_1")
    async with database.storage("alpha").transaction(tenant="chn_1") as tx:
        await tx.execute(setting)
        assert await Note.select() == []
        assert await tx.execute("delete from alpha.note") == "DELETE 0"


async def test_the_owner_is_bound_too(dsn: str, database: Database) -> None:
    await _write(database, "chn_1")
    connection = await connect(dsn)
    await connection.execute("set role oms_owner")
    assert await connection.fetch("select * from alpha.note") == []
    await connection.close()


async def test_one_plugin_cannot_read_another_s_table(database: Database) -> None:
    for query in ("select * from alpha.note", "select n.id from beta.parcel p join alpha.note n on true"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.storage("beta").transaction(tenant="chn_1") as tx:
                await tx.fetch(query)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.storage("alpha").transaction(tenant="chn_1"):
            await Parcel.select()


async def test_nothing_temporary_stays_in_a_session_for_the_next_tenant(database: Database) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.storage("beta").transaction(tenant="chn_1") as tx:
            await tx.execute("create temporary table kept (secret text)")


async def test_a_plugin_reads_neither_outbox_nor_log_nor_deliveries(database: Database) -> None:
    for table in ("outbox", "event_log", "delivery"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.storage("alpha").transaction(tenant="chn_1") as tx:
                await tx.fetch(f"select * from oms.{table}")


async def test_a_plugin_writes_events_in_its_own_name_only(database: Database) -> None:
    insert = "insert into oms.inbox (consumer, event_id, tenant, plugin) values ('c', $1, $2, $3)"
    async with database.storage("alpha").transaction(tenant="chn_1") as tx:
        await tx.execute(insert, uuid.uuid4(), "chn_1", "alpha")
    for tenant, plugin in (("chn_1", "beta"), ("chn_2", "alpha")):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.storage("alpha").transaction(tenant="chn_1") as tx:
                await tx.execute(insert, uuid.uuid4(), tenant, plugin)


async def test_the_relay_sees_the_outbox_of_every_tenant_and_nothing_else(database: Database) -> None:
    written = [await _write(database, "chn_1"), await _write(database, "chn_2")]
    async with database.relay() as connection:
        rows = await connection.fetch("select aggregate_id from oms.outbox order by seq")
        assert [row["aggregate_id"] for row in rows] == written
        await connection.fetch("select * from oms.delivery")
        assert await connection.execute("delete from oms.outbox") == "DELETE 2"
    closed = [f"select * from oms.{table}" for table in ("event_log", "inbox", "idempotency", "migration")]
    closed += ["select * from alpha.note", "delete from oms.event_log"]
    closed += ["update oms.outbox set payload = ''", "set local role oms_maintenance; select 1"]
    for query in closed:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.relay() as connection:
                await connection.execute(query)


async def test_the_login_by_itself_may_do_nothing(dsn: str, database: Database) -> None:
    await _write(database, "chn_1")
    connection = await _as_app(dsn)
    for query in ("select * from alpha.note", "select * from oms.outbox", "create table x (n int)"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(query)
    await connection.close()


async def test_maintenance_reads_and_mends_the_rows_of_all_tenants(dsn: str, database: Database) -> None:
    await _write(database, "chn_1")
    await _write(database, "chn_2")
    connection = await connect(dsn)
    await connection.execute("set role oms_maintenance")
    assert await connection.execute("update alpha.note set text = 'filled in later'") == "UPDATE 2"
    assert await connection.fetchval("select count(*) from oms.event_log") == 2
    await connection.close()


async def test_maintenance_can_back_up_and_the_owner_cannot(
    dsn: str, database: Database, postgres: EmbeddedServer
) -> None:
    name = await _write(database, "chn_1")
    outcome, dump = await _dump(postgres, dsn, "oms_maintenance")
    assert outcome == 0
    assert name.encode() in dump
    outcome, dump = await _dump(postgres, dsn, "oms_owner")
    assert outcome != 0
    assert name.encode() not in dump


async def _dump(postgres: EmbeddedServer, dsn: str, role: str) -> tuple[int | None, bytes]:
    process = await asyncio.create_subprocess_exec(
        postgres.bin / "pg_dump",
        f"--role={role}",
        dsn,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C"},
    )
    dump, _ = await process.communicate()
    return process.returncode, dump


async def _as_app(dsn: str) -> Connection:
    connection: Connection = await asyncpg.connect(dsn, user="oms_app")
    return connection
