"""A session outside of the pools, for what has to last."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from oms_core.storage.roles import APP, RELAY

Connect = Callable[[], Awaitable[Any]]
"""Opens an asyncpg connection that nobody else uses."""

_SETTINGS = {
    "application_name": "oms link",
    "synchronous_commit": "off",  # statements.py says why nothing is lost by that
    "statement_timeout": "15s",
    # A host that vanished must not keep its leases: noticed within half a minute.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}


async def open_session(dsn: str) -> Any:
    """Open a session as ``oms_relay``; by a trusted door (no password) it logs in as ``oms_app``."""
    login = {} if urlsplit(dsn).password else {"user": APP}
    connection = await asyncpg.connect(dsn, **login, server_settings=_SETTINGS)
    await connection.execute(f"set role {RELAY}")
    return connection
