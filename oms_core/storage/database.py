"""The pools behind every plugin's storage, and the rules of BEGIN and COMMIT."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import asyncpg

from oms_core.errors import StorageError
from oms_core.storage.connection import Connection, Pool, open_pool
from oms_core.storage.failures import hide_values, is_gone, translate, unavailable
from oms_core.storage.roles import APP, RELAY, plugin_role
from oms_core.storage.transaction import Storage

_TENANT = re.compile(r"[a-z][a-z0-9_]{0,62}")
_ROLLBACK_SECONDS = 5.0
_ending: set[asyncio.Task[None]] = set()


class Database:
    """One PostgreSQL database, as the serving process uses it."""

    def __init__(self, pool: Pool, relay_pool: Pool, plugins: Sequence[str]) -> None:
        self._pool = pool
        self._relay_pool = relay_pool
        self._plugins = frozenset(plugins)
        self._on_events: list[Callable[[], None]] = []

    @classmethod
    async def open(
        cls, dsn: str, *, plugins: Sequence[str], pool_size: int = 10, relay_size: int = 4
    ) -> Database:
        """Open the pools as ``oms_app``; raises StorageError when the database is missing or not migrated.

        The relay has connections of its own, so that busy calls cannot keep events from leaving.
        """
        pool = await open_pool(dsn, role=APP, size=pool_size)
        try:
            await _require_roles(pool, plugins)
            relay_pool = await open_pool(dsn, role=APP, size=relay_size)
        except BaseException:
            pool.terminate()
            raise
        return cls(pool, relay_pool, plugins)

    async def close(self) -> None:
        """Wait for running transactions and close every connection."""
        await asyncio.gather(self._pool.close(), self._relay_pool.close())

    def storage(self, plugin: str) -> Storage:
        """Return the storage of one of the plugins that the database was opened for."""
        if plugin not in self._plugins:
            raise StorageError(
                "PLUGIN_UNKNOWN",
                f"the database was not opened for plugin {plugin!r}",
                hint=f"name it when opening; known are {', '.join(sorted(self._plugins))}",
            )
        return Storage(plugin, self._session, self.wake)

    def relay(self) -> AbstractAsyncContextManager[Connection]:
        """Open a transaction as ``oms_relay``, which sees the events of every tenant and nothing else."""
        return _transaction(self._relay_pool, RELAY, "")

    def on_events(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` after each commit that wrote events; it must return at once and not raise."""
        self._on_events.append(callback)

    def wake(self) -> None:
        """Tell whoever listens that there are events, as after a commit."""
        for callback in self._on_events:
            callback()

    def _session(self, role: str, tenant: str) -> AbstractAsyncContextManager[Connection]:
        if not _TENANT.fullmatch(tenant):
            raise ValueError(f"{tenant!r} is not a tenant: want lower case letters, digits and _, at most 63")
        return _transaction(self._pool, role, tenant)


@asynccontextmanager
async def _transaction(pool: Pool, role: str, tenant: str) -> AsyncIterator[Connection]:
    """Run the block between BEGIN and COMMIT; whatever happens, the connection comes back clean."""
    try:
        connection = await _begin(pool, role, tenant)
        try:
            yield connection
            await _commit(connection)
        except BaseException:
            await _abandon(pool, connection)
            raise
        await pool.release(connection)
    except Exception as error:
        hide_values(error)
        if answer := translate(error):
            raise answer from error
        raise


async def _begin(pool: Pool, role: str, tenant: str) -> Connection:
    # One simple query: BEGIN, role and tenant in one round trip. Both values are ours or checked.
    # SET, since a SELECT of set_config would be planned each time.
    begin = f"begin; set local role {role}; set local oms.tenant = '{tenant}'"
    for last in (False, True):
        try:
            connection = await pool.acquire()
        except OSError as error:
            raise unavailable() from error
        try:
            await connection.execute(begin)
        except BaseException as error:
            await _abandon(pool, connection)
            # A connection that was cut while it lay idle has done nothing yet: take another one.
            if last or not is_gone(error):
                raise
        else:
            return connection
    raise AssertionError("unreachable")


async def _commit(connection: Connection) -> None:
    # PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, and asyncpg takes that for success.
    tag = await connection.execute("commit")
    if tag != "COMMIT":
        raise StorageError(
            "TRANSACTION_FAILED",
            "nothing was committed: a statement had failed and its error was swallowed",
            hint="let the error out of the transaction, or use tx.savepoint()",
        )


async def _abandon(pool: Pool, connection: Connection) -> None:
    # In a task of its own: a caller who is cancelled again must not leave the connection half-way.
    task = asyncio.create_task(_roll_back(pool, connection))
    _ending.add(task)
    task.add_done_callback(_ending.discard)
    await asyncio.shield(task)


async def _roll_back(pool: Pool, connection: Connection) -> None:
    try:
        await connection.execute("rollback", timeout=_ROLLBACK_SECONDS)
    except Exception:
        with contextlib.suppress(asyncpg.InterfaceError):  # broken, and so taken back already
            connection.terminate()
    await pool.release(connection)


async def _require_roles(pool: Pool, plugins: Sequence[str]) -> None:
    needed = [RELAY, *(plugin_role(plugin) for plugin in plugins)]
    connection = await pool.acquire()
    try:
        rows = await connection.fetch("select rolname from pg_roles where rolname = any($1)", needed)
        schema = await connection.fetchval("select to_regnamespace('oms') is not null")
    finally:
        await pool.release(connection)
    missing = sorted(set(needed) - {row["rolname"] for row in rows})
    if missing or not schema:
        what = f"lacks {', '.join(missing)}" if missing else "lacks the schema oms"
        raise StorageError("DATABASE_NOT_MIGRATED", f"the database {what}", hint="run:  oms db migrate")
