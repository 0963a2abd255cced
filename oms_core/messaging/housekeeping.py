"""What the runtime remembers only for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from oms_core.storage import Connection
from oms_core.storage.connection import connect
from oms_core.storage.roles import MAINTENANCE

INBOX_DAYS = timedelta(days=8)
"""How long a consumer remembers what it handled: longer than any transport repeats a message."""
KEY_HOURS = timedelta(hours=24)
"""How long an idempotency key keeps its answer."""

_BATCH = 5_000

_INBOX = """
delete from oms.inbox where (consumer, event_id) in
  (select consumer, event_id from oms.inbox where done_at < $1 limit $2)
"""
_KEYS = """
delete from oms.idempotency where (tenant, principal, method, key) in
  (select tenant, principal, method, key from oms.idempotency where created_at < $1 limit $2)
"""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows of each kind are gone."""

    inbox: int
    keys: int


async def forget(dsn: str, *, now: datetime) -> Forgotten:
    """Delete what is past its time, of every tenant, in small transactions; may be repeated at any time.

    The DSN's login must be allowed to become ``oms_maintenance``: no serving role sees every tenant's rows.
    """
    connection = await connect(dsn)
    try:
        await connection.execute(f"set role {MAINTENANCE}")
        return Forgotten(
            inbox=await _delete(connection, _INBOX, now - INBOX_DAYS),
            keys=await _delete(connection, _KEYS, now - KEY_HOURS),
        )
    finally:
        await connection.close()


async def _delete(connection: Connection, statement: str, before: datetime) -> int:
    gone = 0
    while True:
        tag = await connection.execute(statement, before, _BATCH)
        deleted = int(tag.rpartition(" ")[2])
        gone += deleted
        if deleted < _BATCH:
            return gone
