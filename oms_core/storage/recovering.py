"""A database that is on its way up: waited for, where one that is not there is not."""

from __future__ import annotations

import asyncio
import time

import asyncpg

from oms_core.errors import StorageError
from oms_core.storage.connection import connect

PATIENCE = 30.0
"""Seconds for a server's recovery, after which a start gives up."""
_AGAIN = 0.2
_PASSING = (asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError)
"""It starts, it stops, or it went away in the middle of the login."""


async def recovered(dsn: str, *, patience: float = PATIENCE) -> None:
    """Return when the database at ``dsn`` takes connections, which one that recovers does after a while.

    Raises StorageError at once when nobody answers or the login is refused, and for a recovery that takes
    longer than ``patience`` seconds.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            connection = await connect(dsn)
        except StorageError as error:
            if not isinstance(error.__cause__, _PASSING) or time.monotonic() > deadline:
                raise
            await asyncio.sleep(_AGAIN)
            continue
        await connection.close()
        return
