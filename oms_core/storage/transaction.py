"""A plugin's way to its data: one transaction, as its own role, for one tenant."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any

from oms_core import context
from oms_core.storage import outbox
from oms_core.storage.connection import Connection, Record
from oms_core.storage.engine import ENGINE, TransactionError
from oms_core.storage.participants import enlisted
from oms_core.storage.roles import plugin_role
from oms_wire.event import EventMessage
from oms_wire.method import WireMessage

Session = Callable[[str, str], AbstractAsyncContextManager[Connection]]
"""Opens a transaction as a role for a tenant: committed at the block's end, rolled back at an error."""


class Transaction:
    """What runs between BEGIN and COMMIT.

    Statements run one after the other; Piccolo queries join by themselves. Failures of the database come
    out of the ``async with`` block as RpcError: Unavailable, Aborted or DeadlineExceeded.
    """

    joinable = False

    def __init__(self, connection: Connection, *, plugin: str, tenant: str) -> None:
        self.connection = connection
        self.plugin = plugin
        self.tenant = tenant
        self.events: list[outbox.PendingEvent] = []
        self.response: WireMessage | None = None
        self.open = True
        self._busy = False

    async def fetch(self, sql: str, *args: object) -> list[Record]:
        """Return all rows."""
        self._begin_statement()
        try:
            return await self.connection.fetch(sql, *args)
        finally:
            self._busy = False

    async def fetchrow(self, sql: str, *args: object) -> Record | None:
        """Return the first row, if any."""
        self._begin_statement()
        try:
            return await self.connection.fetchrow(sql, *args)
        finally:
            self._busy = False

    async def fetchval(self, sql: str, *args: object) -> Any:
        """Return the first column of the first row, if any."""
        self._begin_statement()
        try:
            return await self.connection.fetchval(sql, *args)
        finally:
            self._busy = False

    async def execute(self, sql: str, *args: object) -> str:
        """Run a statement and return its tag, for example ``UPDATE 1``."""
        self._begin_statement()
        try:
            return await self.connection.execute(sql, *args)
        finally:
            self._busy = False

    def emit(self, event: EventMessage, *, version: int) -> None:
        """Publish ``event`` if and only if this transaction commits.

        ``version`` counts the aggregate's events from 1. Raises ValueError without aggregate id or version.
        """
        self.events.append(outbox.pending(event, version))

    async def schedule(
        self, event: EventMessage, *, at: datetime, key: str, version: int = 1, move: bool = False
    ) -> bool:
        """Publish ``event`` at that instant, to the second, if this transaction commits.

        ``key`` names it among what the plugin has scheduled. When the key is there already, nothing
        changes and the answer is False, or with ``move`` the former event gives way to this one. Raises
        ValueError as ``emit`` does, and for an instant without a time zone.
        """
        if at.tzinfo is None:
            raise ValueError(f"{key!r} is scheduled at {at.isoformat()}, which has no time zone; use UTC")
        statement = outbox.SCHEDULE_OVER if move else outbox.SCHEDULE
        one = outbox.pending(event, version)
        tag = await self.execute(
            statement, *outbox.scheduled(one), key, at, self.plugin, json.dumps(_headers())
        )
        return tag != "INSERT 0 0"

    async def unschedule(self, key: str) -> bool:
        """Call off what was scheduled under ``key``; False: there is nothing, or it has been published."""
        return await self.execute(outbox.UNSCHEDULE, key, self.plugin) != "DELETE 0"

    def answer(self, response: WireMessage) -> None:
        """Keep ``response`` with the effects, so that a repeated call gets the same answer."""
        self.response = response

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Run a part of the transaction that may fail alone: an error undoes the block, then goes on."""
        await self.execute("savepoint part")
        written = len(self.events)
        try:
            yield
        except BaseException:
            await self.execute("rollback to savepoint part; release savepoint part")
            del self.events[written:]
            raise
        await self.execute("release savepoint part")

    def _begin_statement(self) -> None:
        if not self.open:
            raise TransactionError(
                "TRANSACTION_OVER", "the transaction is over", hint="use it inside its own block only"
            )
        if self._busy:
            raise TransactionError(
                "TRANSACTION_CONCURRENT",
                "two statements at once in one transaction: a database runs them one after the other",
                hint="await each in turn; no gather, no tasks inside a transaction",
            )
        self._busy = True


class Storage:
    """A plugin's storage: bound to its schema and its role."""

    def __init__(self, plugin: str, session: Session, wake: Callable[[], None]) -> None:
        self.plugin = plugin
        self._role = plugin_role(plugin)
        self._session = session
        self._wake = wake
        self._flush = outbox.flush_statement(plugin)

    @asynccontextmanager
    async def transaction(self, *, tenant: str | None = None) -> AsyncIterator[Transaction]:
        """Open a transaction for ``tenant``, by default the running call's.

        Commits at the end of the block with all events emitted in it, or not at all. Raises
        TransactionError inside another one, and LookupError when there is no call and no tenant.
        """
        if in_transaction():
            raise TransactionError(
                "TRANSACTION_NESTED",
                f"plugin {self.plugin!r} opens a transaction inside another one",
                hint="calls first, then one short transaction",
            )
        tenant = context.current().tenant if tenant is None else tenant
        participants = enlisted()
        async with self._session(self._role, tenant) as connection:
            tx = Transaction(connection, plugin=self.plugin, tenant=tenant)
            token = ENGINE.current_transaction.set(tx)
            try:
                for participant in participants:
                    await participant.enter(tx)
                yield tx
                if tx.events:
                    await outbox.write(connection, self._flush, self.plugin, _headers(), tx.events)
                for participant in participants:
                    await participant.leave(tx)
            finally:
                # A task that outlives the block must find it closed, not another call's connection.
                tx.open = False
                ENGINE.current_transaction.reset(token)
        if tx.events:
            self._wake()


def in_transaction() -> bool:
    """Say whether a transaction is open here, in this task or one that started it."""
    transaction = ENGINE.current_transaction.get()
    return transaction is not None and getattr(transaction, "open", True)


def _headers() -> dict[str, str]:
    try:
        here = context.current()
    except LookupError:
        return {}
    return {"trace": here.trace, "locale": here.locale}
