"""Data: PostgreSQL, one schema and role a plugin, one tenant a transaction, events that commit with it."""

from oms_core.storage.connection import Connection, Record
from oms_core.storage.database import Database
from oms_core.storage.embedded import EmbeddedServer, attach, embedded, remove
from oms_core.storage.engine import TransactionError, bind
from oms_core.storage.migrations import Step, migrate, plan
from oms_core.storage.outbox import PARTITIONS, partition
from oms_core.storage.participants import Participant, enlist
from oms_core.storage.tables import PluginTables, Tenant
from oms_core.storage.transaction import Storage, Transaction, in_transaction

__all__ = [
    "PARTITIONS",
    "Connection",
    "Database",
    "EmbeddedServer",
    "Participant",
    "PluginTables",
    "Record",
    "Step",
    "Storage",
    "Tenant",
    "Transaction",
    "TransactionError",
    "attach",
    "bind",
    "embedded",
    "enlist",
    "in_transaction",
    "migrate",
    "partition",
    "plan",
    "remove",
]
