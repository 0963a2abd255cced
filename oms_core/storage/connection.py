"""Connections: what can be done with one, and how a pool of them logs in."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, cast
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from oms_core.errors import StorageError

_SESSION = {
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    # A transaction that its holder forgot gives its locks back.
    "idle_in_transaction_session_timeout": "20s",
    "application_name": "oms",
}
_CACHED_STATEMENTS = 512
_QUERIES = 1_000_000
"""After so many a connection is replaced, and with it whatever memory the server has kept for it."""


class Record(Protocol):
    """One row: values by column name or position."""

    def __getitem__(self, key: str | int, /) -> Any: ...


class Connection(Protocol):
    """What asyncpg's connections offer and we use; times are in seconds."""

    async def fetch(self, query: str, *args: object) -> list[Record]:
        """Return all rows."""

    async def fetchrow(self, query: str, *args: object) -> Record | None:
        """Return the first row, if any."""

    async def fetchval(self, query: str, *args: object) -> Any:
        """Return the first column of the first row, if any."""

    async def execute(self, query: str, *args: object, timeout: float | None = None) -> str:  # noqa: ASYNC109 - asyncpg's
        """Run statements (several when there are no arguments) and return the last one's tag."""

    async def executemany(self, command: str, args: Sequence[Sequence[object]]) -> None:
        """Run one statement for each of ``args``."""

    def transaction(self) -> AbstractAsyncContextManager[object]:
        """Run the block in a transaction, opened by ``connect`` alone."""

    def terminate(self) -> None:
        """Cut the connection without a goodbye."""

    async def close(self) -> None:
        """Close the connection."""


class Pool(Protocol):
    """What asyncpg's pools offer and we use."""

    async def acquire(self) -> Connection:
        """Take a connection, made when there is none; wait when all are taken."""

    async def release(self, connection: Connection, /) -> None:
        """Give a connection back; one that is closed is replaced."""

    async def close(self) -> None:
        """Wait for all connections to come back, and close them."""

    def terminate(self) -> None:
        """Cut all connections."""


async def connect(dsn: str) -> Connection:
    """Log in as ``dsn`` says; raises StorageError when nobody answers or the login is refused."""
    try:
        return cast("Connection", await asyncpg.connect(dsn))
    except (OSError, asyncpg.PostgresError, ValueError) as error:
        raise unreachable(dsn, error) from error


async def open_pool(dsn: str, *, role: str, size: int) -> Pool:
    """Open a pool whose sessions are ``role``, which may do nothing by itself.

    A DSN without a password leads through a trusted door, the embedded server's socket: then the login
    itself is ``role``. Otherwise the DSN's own login is kept and becomes ``role``.
    """

    async def become(connection: Connection) -> None:
        settings = {"role": role, **_SESSION}
        calls = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in settings.items())
        await connection.execute(f"select {calls}")

    try:
        pool = await asyncpg.create_pool(
            dsn,
            **({} if urlsplit(dsn).password else {"user": role}),
            min_size=min(2, size),
            max_size=size,
            init=become,
            reset=_keep_session,
            statement_cache_size=_CACHED_STATEMENTS,
            max_cached_statement_lifetime=0,
            max_queries=_QUERIES,
        )
    except (OSError, asyncpg.PostgresError, ValueError) as error:
        raise unreachable(dsn, error) from error
    return cast("Pool", pool)


async def _keep_session(_: Connection) -> None:
    # asyncpg would reset every setting, which is a round trip a transaction; ours are local to it anyway.
    return


def unreachable(dsn: str, error: Exception) -> StorageError:
    """Return the error for a database that does not let us in; never shows a password."""
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):
        return StorageError(
            "DATABASE_LOGIN",
            f"the database {shown(dsn)} refuses the login: {error}",
            hint="migrate it first (oms db migrate), or mend user and password in database.url",
        )
    return StorageError(
        "DATABASE_UNREACHABLE",
        f"no database answers at {shown(dsn)}: {error}",
        hint="start it, or mend database.url",
    )


def shown(dsn: str) -> str:
    """Return the DSN without its password."""
    try:
        parts = urlsplit(dsn)
    except ValueError:
        return "database.url"
    user, at, place = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}{at}{place}"))
