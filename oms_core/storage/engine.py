"""The one engine behind every Piccolo table: a query runs in the open transaction, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any, Protocol

from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from piccolo.query.base import Query
from piccolo.querystring import QueryString
from piccolo.table import Table

from oms_core.errors import StorageError
from oms_core.storage.connection import Connection, Record


class TransactionError(StorageError):
    """A transaction is used in a way that would silently do something else: a mistake in a plugin."""


class OpenTransaction(Protocol):
    """What a query needs to find its way."""

    connection: Connection
    joinable: bool
    """Whether a transaction inside is taken for a part of it: in migrations only."""

    async def fetch(self, sql: str, *args: object) -> list[Record]:
        """Return all rows."""


class RoutingEngine(PostgresEngine):
    """Has no connection of its own, so nothing can slip past role and tenant."""

    def __init__(self) -> None:
        # Not PostgresEngine.__init__, which connects.
        self.current_transaction: ContextVar[Any] = ContextVar("oms_transaction", default=None)
        self.engine_type = "postgres"
        self.log_queries = self.log_responses = False
        self.min_version_number = 15
        self.query_id = 0
        self.config = {}
        self.extensions = ()
        self.extra_nodes = {}
        self.pool = None

    def open_transaction(self) -> OpenTransaction:
        """Return the running transaction; raises TransactionError outside of one."""
        transaction: OpenTransaction | None = self.current_transaction.get()
        if transaction is None:
            raise TransactionError(
                "TRANSACTION_MISSING",
                "a query outside a transaction has neither role nor tenant",
                hint="open one around it:  async with storage.transaction():",
            )
        return transaction

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[Record]:  # noqa: ARG002
        """Run a query of Piccolo's in the open transaction."""
        sql, args = querystring.compile_string(engine_type=self.engine_type)
        return await self.open_transaction().fetch(sql, *args)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> list[Record]:  # noqa: ARG002
        """Run a statement of Piccolo's in the open transaction."""
        return await self.open_transaction().fetch(ddl)

    async def get_version(self) -> float:
        """Return the oldest version that we run on."""
        return float(self.min_version_number)

    def get_version_sync(self) -> float:
        """Return the oldest version that we run on."""
        return float(self.min_version_number)

    async def batch(self, query: Query[Any, Any], batch_size: int = 100, node: str | None = None) -> Any:  # noqa: ARG002
        """Refuse: Piccolo would open a connection of its own."""
        raise TransactionError(
            "BATCH_UNSUPPORTED",
            "Piccolo's batches open a connection of their own, without role and tenant",
            hint="read pages with limit and a condition on the key",
        )

    async def get_new_connection(self) -> Any:
        """Refuse: a connection of its own has neither role nor tenant."""
        return self.open_transaction().connection

    def transaction(self, allow_nested: bool = True) -> PostgresTransaction:
        """Join a migration's transaction; anywhere else use ``storage.transaction()``."""
        if not self.open_transaction().joinable:
            raise TransactionError(
                "TRANSACTION_NESTED",
                "a transaction is open already, and one inside it would silently become a part of it",
                hint="do it in the open one, or after it",
            )
        return PostgresTransaction(engine=self, allow_nested=allow_nested)


ENGINE = RoutingEngine()


def bind(tables: Sequence[type[Table]]) -> None:
    """Let the tables' queries run in whatever transaction is open around them; harmless when repeated."""
    for table in tables:
        table._meta.db = ENGINE  # noqa: SLF001 - Piccolo's documented place for it
