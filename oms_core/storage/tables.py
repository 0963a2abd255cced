"""A plugin's tables: which they are, and the column by which every row belongs to a tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from piccolo.columns import Text, Varchar
from piccolo.columns.base import Column
from piccolo.columns.defaults.base import Default
from piccolo.table import Table

from oms_core.errors import StorageError
from oms_core.storage.engine import ENGINE, bind

TENANT_COLUMN = "tenant"


class RunningTenant(Default):
    """The tenant of the transaction in which the row is written."""

    @property
    def postgres(self) -> str:
        """The database's own default."""
        return "current_setting('oms.tenant')"

    @property
    def sqlite(self) -> str:
        """Not a database that we run on."""
        raise NotImplementedError

    def python(self) -> str:
        """Return the open transaction's tenant; empty outside of one, which no policy lets in."""
        return str(getattr(ENGINE.current_transaction.get(), TENANT_COLUMN, ""))


class Tenant(Text):
    """The column ``tenant`` that every table of a plugin has; filled in by itself."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("default", None)
        super().__init__(default="", **kwargs)
        self.default: Any = RunningTenant()
        self._meta.params["default"] = self.default

    @property
    def column_type(self) -> str:
        """The type in the database."""
        return "TEXT"


@dataclass(frozen=True, slots=True)
class PluginTables:
    """What one plugin keeps: its table classes and the folder of its migrations.

    A plugin without tables still has a role, under which its answers and its inbox are kept.
    """

    plugin: str
    tables: Sequence[type[Table]] = ()
    migrations: Path | None = None

    def check(self) -> None:
        """Bind the tables to our engine; raises StorageError when one lies elsewhere or belongs to nobody."""
        for table in self.tables:
            meta = table._meta  # noqa: SLF001 - Piccolo's documented place
            name = f"{self.plugin}: table {table.__name__}"
            if meta.schema != self.plugin:
                raise StorageError(
                    "TABLE_SCHEMA",
                    f"{name} is in schema {meta.schema!r}, but a plugin's tables lie in a schema of its name",
                    hint=f"class {table.__name__}(Table, schema={self.plugin!r}):",
                )
            if not any(_is_tenant(column) for column in meta.columns):
                raise StorageError(
                    "TABLE_TENANT",
                    f"{name} has no text column {TENANT_COLUMN!r}, so its rows would belong to nobody",
                    hint=f"add:  {TENANT_COLUMN} = Tenant()",
                )
        bind(self.tables)


def table_name(table: type[Table]) -> str:
    """Return the table's name with its schema."""
    meta = table._meta  # noqa: SLF001 - Piccolo's documented place
    return f"{meta.schema}.{meta.tablename}"


def _is_tenant(column: Column) -> bool:
    meta = column._meta  # noqa: SLF001 - Piccolo's documented place
    return meta.db_column_name == TENANT_COLUMN and isinstance(column, (Text, Varchar)) and not meta.null
