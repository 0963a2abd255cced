"""What a database failure means to a caller: the one place where that is decided."""

from __future__ import annotations

import asyncpg

from oms_wire.errors import Aborted, DeadlineExceeded, InvalidArgument, RpcError, Unavailable

_RETRY_SECONDS = 1.0
_GONE = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    # asyncpg's word for a connection on which the server has said goodbye between two statements. (Two
    # statements at once, a mistake of a plugin, are an InterfaceError.)
    asyncpg.InternalClientError,
)
_FASTER = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
)
_LOG_VERSION = "event_log_version"
"""The constraint by which one version of an aggregate is written once."""


def is_gone(error: BaseException) -> bool:
    """Say whether the server, or our connection to it, is gone."""
    if isinstance(error, asyncpg.InterfaceError):
        # A pool takes a connection back by itself when it breaks.
        return any(word in str(error) for word in ("closed", "released back"))
    return isinstance(error, _GONE)


def translate(error: BaseException) -> RpcError | None:
    """Return the answer to a call that met ``error``; None when the error is no common failure."""
    if is_gone(error):
        return unavailable()
    if isinstance(error, _FASTER):
        return Aborted("CONFLICT", "another writer was faster; read again and repeat", retry_after=0.0)
    if isinstance(error, asyncpg.UniqueViolationError) and error.constraint_name == _LOG_VERSION:
        return Aborted("VERSION_CONFLICT", "another writer has made this version; read again and repeat")
    if isinstance(error, asyncpg.CharacterNotInRepertoireError):
        return InvalidArgument("INVALID_TEXT", "the request has text with a NUL, which cannot be stored")
    if isinstance(error, asyncpg.QueryCanceledError):
        return DeadlineExceeded("STATEMENT_TIMEOUT", "the database took too long over one statement")
    return None


def hide_values(error: BaseException | None) -> None:
    """Take the values of rows and arguments out of ``error`` and what led to it: logs are not for them.

    PostgreSQL itself says nothing of a row under row-level security; a value that does not fit its type
    is repeated in the message, after a colon.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        ours = isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError)
        if ours or isinstance(error, asyncpg.DataError):
            error.args = (str(error.args[0]).partition(":")[0], *error.args[1:])
        error = error.__cause__ or error.__context__


def unavailable() -> Unavailable:
    """Return the answer to a call when nobody answers at the database's address."""
    return Unavailable(
        "DATABASE_UNAVAILABLE", "the database cannot be reached; try again", retry_after=_RETRY_SECONDS
    )
