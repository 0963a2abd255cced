"""A transaction commits wholly or not at all, and whatever happens the pool lives on."""

from __future__ import annotations

import asyncio
import json
import traceback
import uuid
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from oms_core.context import Context, use
from oms_core.errors import StorageError
from oms_core.storage import (
    Database,
    Storage,
    Transaction,
    TransactionError,
    enlist,
    in_transaction,
    partition,
)
from oms_core.storage.connection import connect
from oms_core.storage.embedded import EmbeddedServer
from oms_wire.errors import Aborted, DeadlineExceeded, Unavailable
from tests.storage.sample import Note, NoteWritten


@pytest_asyncio.fixture(loop_scope="session")
async def one(dsn: str) -> AsyncIterator[Database]:
    """A database with a single connection: if that is lost, everything after it hangs."""
    opened = await Database.open(dsn, plugins=["alpha"], pool_size=1, relay_size=1)
    yield opened
    assert not in_transaction()
    async with asyncio.timeout(5), opened.storage("alpha").transaction(tenant="chn_1") as tx:
        assert await tx.fetchval("select current_user") == "oms_alpha"
    await opened.close()


@pytest.fixture
def storage(one: Database) -> Storage:
    return one.storage("alpha")


async def _count(dsn: str, table: str = "alpha.note") -> int:
    connection = await connect(dsn)
    try:
        return int(await connection.fetchval(f"select count(*) from {table}"))
    finally:
        await connection.close()


async def test_role_and_tenant_hold_for_the_transaction(storage: Storage) -> None:
    async with storage.transaction(tenant="chn_1") as tx:
        row = await tx.fetchrow("select current_user, current_setting('oms.tenant')")
    assert row is not None
    assert (row[0], row[1]) == ("oms_alpha", "chn_1")


async def test_the_tenant_is_the_running_call_s(storage: Storage) -> None:
    with use(Context("chn_7")):
        async with storage.transaction() as tx:
            assert tx.tenant == "chn_7"
    with pytest.raises(LookupError):
        async with storage.transaction():
            pass


@pytest.mark.parametrize("tenant", ["", "x' , true); drop table", "CHN", "a" * 64, "chn_1\n"])
async def test_a_tenant_that_is_none_never_reaches_the_database(storage: Storage, tenant: str) -> None:
    with pytest.raises(ValueError, match="tenant"):
        async with storage.transaction(tenant=tenant):
            pass


async def test_orm_and_sql_share_the_transaction(storage: Storage, dsn: str) -> None:
    async with storage.transaction(tenant="chn_1") as tx:
        await Note(id="a", text="one").save()
        assert await tx.fetchval("select text from alpha.note where id = 'a'") == "one"
        note = await Note.objects().get(Note.id == "a")
        assert note is not None
        assert note.tenant == "chn_1"
    assert await _count(dsn) == 1


async def test_an_error_rolls_back_rows_and_events(storage: Storage, dsn: str) -> None:
    with pytest.raises(RuntimeError):
        async with storage.transaction(tenant="chn_1") as tx:
            await Note(id="a").save()
            tx.emit(NoteWritten("a"), version=1)
            raise RuntimeError
    assert (await _count(dsn), await _count(dsn, "oms.outbox"), await _count(dsn, "oms.event_log")) == (
        0,
        0,
        0,
    )


async def test_events_go_to_outbox_and_log_in_their_sequence(one: Database, dsn: str) -> None:
    with use(Context("chn_1")) as here:
        async with one.storage("alpha").transaction() as tx:
            for version in (1, 2, 3):
                tx.emit(NoteWritten("n1"), version=version)
    connection = await connect(dsn)
    rows = await connection.fetch("select * from oms.outbox order by seq")
    logged = await connection.fetch("select * from oms.event_log order by seq")
    await connection.close()
    assert [row["aggregate_version"] for row in rows] == [1, 2, 3]
    assert [row["event_id"] for row in rows] == [row["event_id"] for row in logged]
    first = rows[0]
    assert (first["tenant"], first["plugin"], first["type"]) == ("chn_1", "alpha", "alpha.note_written")
    assert (first["payload"], first["part"], first["schema_version"]) == (b"n1", partition("n1"), 1)
    assert json.loads(first["headers"])["trace"] == here.trace


async def test_one_version_is_written_once(storage: Storage) -> None:
    async with storage.transaction(tenant="chn_1") as tx:
        tx.emit(NoteWritten("n1"), version=1)
    with pytest.raises(Aborted) as caught:
        async with storage.transaction(tenant="chn_1") as tx:
            tx.emit(NoteWritten("n1"), version=1)
    assert caught.value.code == "VERSION_CONFLICT"


async def test_an_event_without_aggregate_or_version_is_refused_at_once(storage: Storage) -> None:
    async with storage.transaction(tenant="chn_1") as tx:
        with pytest.raises(ValueError, match="note_id"):
            tx.emit(NoteWritten(""), version=1)
        with pytest.raises(ValueError, match="version"):
            tx.emit(NoteWritten("n"), version=0)


async def test_the_relay_is_woken_after_commits_with_events_only(one: Database) -> None:
    woken: list[int] = []
    one.on_events(lambda: woken.append(1))
    storage = one.storage("alpha")
    async with storage.transaction(tenant="chn_1"):
        pass
    assert woken == []
    async with storage.transaction(tenant="chn_1") as tx:
        tx.emit(NoteWritten("n"), version=1)
        assert woken == []
    assert woken == [1]


async def test_a_transaction_inside_another_is_refused(one: Database, storage: Storage) -> None:
    async with storage.transaction(tenant="chn_1"):
        assert in_transaction()
        with pytest.raises(TransactionError, match="inside another"):
            async with one.storage("alpha").transaction(tenant="chn_1"):
                pass
        with pytest.raises(TransactionError, match="inside it"):
            Note._meta.db.transaction()

        async def from_a_task() -> None:
            async with storage.transaction(tenant="chn_1"):
                pass

        with pytest.raises(TransactionError):
            await asyncio.create_task(from_a_task())


async def test_a_task_that_outlives_the_transaction_does_not_run_on_it(storage: Storage) -> None:
    over = asyncio.Event()

    async def late() -> None:
        await over.wait()
        assert not in_transaction()
        await Note.select()

    async with storage.transaction(tenant="chn_1"):
        task = asyncio.create_task(late())
    over.set()
    with pytest.raises(TransactionError, match="over"):
        await task


async def test_a_query_outside_a_transaction_is_refused(storage: Storage) -> None:
    with pytest.raises(TransactionError, match="outside"):
        await Note.select()
    async with storage.transaction(tenant="chn_1") as tx:
        pass
    with pytest.raises(TransactionError, match="over"):
        await tx.fetch("select 1")


async def test_two_statements_at_once_are_a_clear_error(storage: Storage) -> None:
    with pytest.raises(TransactionError, match="two statements at once"):
        async with storage.transaction(tenant="chn_1") as tx:
            await asyncio.gather(tx.fetch("select 1"), Note.select())


async def test_a_swallowed_error_cannot_pass_for_a_commit(storage: Storage, dsn: str) -> None:
    with pytest.raises(StorageError) as caught:
        async with storage.transaction(tenant="chn_1") as tx:
            await Note(id="a").save()
            with pytest.raises(asyncpg.UndefinedTableError):
                await tx.execute("select * from nowhere")
    assert caught.value.code == "TRANSACTION_FAILED"
    assert await _count(dsn) == 0


async def test_a_savepoint_undoes_its_part_alone(storage: Storage, dsn: str) -> None:
    async with storage.transaction(tenant="chn_1") as tx:
        await Note(id="a").save()
        with pytest.raises(asyncpg.UniqueViolationError):
            async with tx.savepoint():
                await Note(id="b").save()
                tx.emit(NoteWritten("b"), version=1)
                await tx.execute("insert into alpha.note (id, text) values ('a', '')")
    assert (await _count(dsn), await _count(dsn, "oms.outbox")) == (1, 0)


async def test_a_commit_that_fails_leaves_pool_and_context_clean(storage: Storage, dsn: str) -> None:
    connection = await connect(dsn)
    await connection.execute(
        "alter table alpha.note add constraint late unique (text) deferrable initially deferred"
    )
    await connection.close()
    for _ in range(3):
        with pytest.raises(asyncpg.UniqueViolationError):
            async with storage.transaction(tenant="chn_1"):
                await Note(id="a", text="same").save()
                await Note(id="b", text="same").save()
        assert not in_transaction()
    assert await _count(dsn) == 0


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        (
            "insert into alpha.note (id, text) values ('Anna 5550100', ''), ('Anna 5550100', '')",
            "duplicate key",
        ),
        ("insert into alpha.note (id, text) values ('Anna 5550100', null)", "null value in column"),
        ("select 'Anna 5550100'::int", "invalid input syntax for type integer"),
        ("select $1::int", "invalid input for query argument $1"),
        ("select $1::date", "invalid input for query argument $1"),
    ],
)
async def test_no_value_of_a_row_leaves_with_an_error(storage: Storage, statement: str, kept: str) -> None:
    name = "Anna 5550100"
    with pytest.raises(ValueError, match="sorry") as caught:
        async with storage.transaction(tenant="chn_1") as tx:
            try:
                await tx.fetch(statement, *([name] if "$1" in statement else []))
            except Exception as error:
                raise ValueError("sorry") from error
    told = "".join(traceback.format_exception(caught.value))
    assert "Anna" not in told
    assert kept in told


async def test_a_terminated_backend_is_unavailable_once_and_replaced(one: Database, dsn: str) -> None:
    with pytest.raises(Unavailable) as caught:
        async with one.storage("alpha").transaction(tenant="chn_1") as tx:
            await _terminate(dsn)
            await tx.fetch("select 1")
    assert caught.value.retry_after is not None


async def test_a_backend_terminated_while_idle_is_not_even_noticed(one: Database, dsn: str) -> None:
    storage = one.storage("alpha")
    for _ in range(3):
        async with storage.transaction(tenant="chn_1") as tx:
            await tx.fetch("select 1")
        await _terminate(dsn)


async def test_a_terminated_backend_at_commit_commits_nothing(one: Database, dsn: str) -> None:
    with pytest.raises(Unavailable):
        async with one.storage("alpha").transaction(tenant="chn_1"):
            await Note(id="a").save()
            await _terminate(dsn)
    assert await _count(dsn) == 0


async def test_a_backend_that_says_goodbye_between_two_statements_is_unavailable(
    one: Database, dsn: str
) -> None:
    # Its last words may have come in, and the end of the connection not yet.
    killer = await connect(dsn)
    try:
        for moment in range(60):
            with pytest.raises(Unavailable):
                async with one.storage("alpha").transaction(tenant="chn_1") as tx:
                    pid = await tx.fetchval("select pg_backend_pid()")
                    await killer.fetchval("select pg_terminate_backend($1)", pid)
                    for _ in range(moment):
                        await asyncio.sleep(0)
                    await tx.fetchval("select pg_sleep(5)")
    finally:
        await killer.close()


async def test_a_cancelled_statement_gives_the_connection_back(storage: Storage) -> None:
    started = asyncio.Event()

    async def slow() -> None:
        async with storage.transaction(tenant="chn_1") as tx:
            started.set()
            await tx.fetch("select pg_sleep(60)")

    task = asyncio.create_task(slow())
    await started.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_waiting_statement_ends_in_aborted(one: Database, dsn: str) -> None:
    other = await connect(dsn)
    storage = one.storage("alpha")
    async with storage.transaction(tenant="chn_1"):
        await Note(id="a").save()
    async with other.transaction():
        await other.execute("select * from alpha.note for update")
        with pytest.raises(Aborted):
            async with storage.transaction(tenant="chn_1") as tx:
                await tx.execute("set local lock_timeout = '20ms'")
                await tx.execute("update alpha.note set text = 'x'")
    await other.close()


async def test_a_statement_that_takes_too_long_ends_in_deadline_exceeded(storage: Storage) -> None:
    with pytest.raises(DeadlineExceeded):
        async with storage.transaction(tenant="chn_1") as tx:
            await tx.execute("set local statement_timeout = '20ms'")
            await tx.fetch("select pg_sleep(60)")


async def test_deadlocks_and_serialization_failures_are_aborted(one: Database) -> None:
    with pytest.raises(Aborted):
        async with one.storage("alpha").transaction(tenant="chn_1") as tx:
            await tx.execute("do $$ begin raise exception using errcode = '40001'; end $$")


async def test_sessions_have_limits(storage: Storage) -> None:
    async with storage.transaction(tenant="chn_1") as tx:
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            assert await tx.fetchval("select current_setting($1)", name) != "0"


async def test_participants_act_first_and_last_and_may_refuse(storage: Storage, dsn: str) -> None:
    seen: list[str] = []

    class Witness:
        async def enter(self, tx: Transaction) -> None:
            seen.append(f"enter {await tx.fetchval('select count(*) from alpha.note')}")

        async def leave(self, tx: Transaction) -> None:
            seen.append(f"leave {len(tx.events)} {tx.response is not None}")
            if len(seen) > 2:
                raise Aborted("LOST", "the claim is somebody else's")

    with enlist(Witness()):
        async with storage.transaction(tenant="chn_1") as tx:
            await Note(id="a").save()
            tx.emit(NoteWritten("a"), version=1)
        with pytest.raises(Aborted, match="LOST"):
            async with storage.transaction(tenant="chn_1"):
                await Note(id="b").save()
    async with storage.transaction(tenant="chn_1"):
        pass
    assert seen == ["enter 0", "leave 1 False", "enter 1", "leave 0 False"]
    assert await _count(dsn) == 1


async def test_a_server_that_is_gone_is_unavailable(postgres: EmbeddedServer) -> None:
    nowhere = f"postgresql://postgres@/oms?host={postgres.place}"
    with pytest.raises(StorageError) as caught:
        await Database.open(nowhere, plugins=["alpha"])
    assert caught.value.code == "DATABASE_UNREACHABLE"


async def test_a_database_that_is_not_migrated_says_so(database_dsn: str) -> None:
    with pytest.raises(StorageError) as caught:
        await Database.open(database_dsn, plugins=[f"p{uuid.uuid4().hex[:8]}"])
    assert "migrate" in caught.value.hint


async def _terminate(dsn: str) -> None:
    connection = await connect(dsn)
    await connection.fetch(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )
    await connection.close()
