"""Bring a database up to date: first the whole plan, then every step of it under one lock.

Core SQL files first, then plugin after plugin. A plugin's migrations, the policies and grants that follow
from its table classes, and the record of all that are one transaction: what fails half-way leaves nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from oms_core.errors import StorageError
from oms_core.storage.connection import Connection, connect
from oms_core.storage.policies import apply_policies, digest
from oms_core.storage.roles import APP, OWNER, ensure_roles, missing_roles
from oms_core.storage.tables import PluginTables

CORE = "oms"
POLICIES = "policies"
ROLE = "role"
_LOCK = 0x6F6D73
"""``oms`` in ASCII: the key of the advisory lock that one migration at a time holds."""
_SQL = Path(__file__).parent / "sql"
_MIN_VERSION = 150000


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: a role to make, a migration to run, or a plugin's policies to apply."""

    app: str
    """``oms`` for the core, else the plugin."""
    name: str


async def plan(dsn: str, plugins: Sequence[PluginTables]) -> list[Step]:
    """Return what ``migrate`` would do, in its sequence; changes nothing.

    Raises StorageError when the database does not answer or a plugin's tables or migrations are unfit.
    """
    check(plugins)
    connection = await connect(dsn)
    try:
        return await _plan(connection, plugins)
    finally:
        await connection.close()


async def migrate(
    dsn: str, plugins: Sequence[PluginTables], *, failed: Callable[[str, StorageError], None] | None = None
) -> list[Step]:
    """Do what is missing and return it; does nothing when nothing is missing.

    The DSN's login must be allowed to create roles the first time. Several at once wait for each other.
    Raises StorageError that names the step that failed; the steps before it stay done. ``failed`` is told
    the plugin instead and may let the others go on: what was not done is not returned.
    """
    check(plugins)
    connection = await connect(dsn)
    try:
        if not await _plan(connection, plugins):
            return []
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        steps = await _plan(connection, plugins)
        for app in dict.fromkeys(step.app for step in steps):
            try:
                await _apply(connection, app, [step for step in steps if step.app == app], plugins)
            except StorageError as error:
                if failed is None or app == CORE:
                    raise
                failed(app, error)
                steps = [step for step in steps if step.app != app]
        return steps
    finally:
        await connection.close()


def check(plugins: Sequence[PluginTables]) -> None:
    """Raise StorageError when a plugin's tables or migrations are unfit; needs no database."""
    for plugin in plugins:
        plugin.check()
        migration_files(plugin)


def migration_files(plugin: PluginTables) -> list[Path]:
    """Return the plugin's migrations in their sequence; raises StorageError at a foreign name."""
    folder = plugin.migrations
    files = sorted(file for file in folder.glob("*.py") if file.stem != "__init__") if folder else []
    for file in files:
        if not file.stem.startswith(f"{plugin.plugin}_"):
            raise StorageError(
                "MIGRATION_NAME",
                f"plugin {plugin.plugin!r}: the migration {file.name} does not start with its name",
                hint=f"make migrations with:  oms db new-migration {plugin.plugin}",
            )
    if plugin.tables and not files:
        raise StorageError(
            "MIGRATION_MISSING",
            f"plugin {plugin.plugin!r} has tables but no migration in {folder}",
            hint=f"run:  oms db new-migration {plugin.plugin}",
        )
    return files


async def _plan(connection: Connection, plugins: Sequence[PluginTables]) -> list[Step]:
    version = await connection.fetchval("select current_setting('server_version_num')::int")
    if version < _MIN_VERSION:
        raise StorageError(
            "DATABASE_OLD", f"PostgreSQL {version // 10000} is too old", hint="use PostgreSQL 15 or newer"
        )
    done = await _done(connection)
    roles = await missing_roles(connection, [plugin.plugin for plugin in plugins])
    steps = [Step(CORE, f"{ROLE} {role}") for role in roles]
    steps += [Step(CORE, file.stem) for file in _core_files() if (CORE, file.stem) not in done]
    for plugin in plugins:
        name = plugin.plugin
        pending = [file.stem for file in migration_files(plugin) if (name, file.stem) not in done]
        if pending or done.get((name, POLICIES)) != digest(plugin):
            steps += [Step(name, stem) for stem in (*pending, POLICIES)]
    return steps


async def _done(connection: Connection) -> dict[tuple[str, str], str]:
    if not await connection.fetchval("select to_regclass('oms.migration') is not null"):
        return {}
    rows = await connection.fetch("select app, name, digest from oms.migration")
    return {(row["app"], row["name"]): row["digest"] for row in rows}


def _core_files() -> list[Path]:
    return sorted(_SQL.glob("*.sql"))


async def _apply(
    connection: Connection, app: str, steps: Sequence[Step], plugins: Sequence[PluginTables]
) -> None:
    if app == CORE:
        await _prepare(connection, plugins)
        for step in steps:
            if not step.name.startswith(f"{ROLE} "):
                async with _as_owner(connection, step):
                    await connection.execute((_SQL / f"{step.name}.sql").read_text())
                    await _record(connection, step)
        return
    plugin = next(one for one in plugins if one.plugin == app)
    async with _as_owner(connection, steps[0]):
        await connection.execute(f"create schema if not exists {app}")
        pending = [file for file in migration_files(plugin) if Step(app, file.stem) in steps]
        if pending:
            # Imported here: Piccolo's migrations cost more start-up time than all the rest of storage.
            from oms_core.storage.piccolo_migrations import run_files  # noqa: PLC0415

            await run_files(connection, app, pending)
        await apply_policies(connection, plugin)
        for step in steps:
            await _record(connection, step, digest(plugin) if step.name == POLICIES else "")


async def _prepare(connection: Connection, plugins: Sequence[PluginTables]) -> None:
    await ensure_roles(connection, [plugin.plugin for plugin in plugins])
    database = await connection.fetchval("select quote_ident(current_database())")
    await connection.execute(f"grant create on database {database} to {OWNER}")
    # A temporary table would stay in a pooled session, from one tenant's transaction to another's.
    await connection.execute(f"revoke temporary on database {database} from public")
    async with _as_owner(connection, Step(CORE, "schema")):
        await connection.execute(
            "create schema if not exists oms;"
            "create table if not exists oms.migration (app text, name text, digest text not null,"
            " applied_at timestamptz not null default now(), primary key (app, name));"
            # What serves may see whether it is up to date.
            f"grant usage on schema oms to {APP}; grant select on oms.migration to {APP}"
        )


@asynccontextmanager
async def _as_owner(connection: Connection, step: Step) -> AsyncIterator[None]:
    """Run the block in a transaction as the owner; any failure names the step."""
    if not await connection.fetchval("select pg_has_role($1, 'member')", OWNER):
        raise StorageError(
            "MIGRATION_FORBIDDEN",
            f"{step.app}: {step.name} is due, but the database login may not become {OWNER}",
            hint="run  oms db migrate  once with a login that may create roles",
        )
    try:
        async with connection.transaction():
            await connection.execute(f"set local role {OWNER}")
            yield
    except StorageError:
        raise
    except Exception as error:
        raise StorageError(
            "MIGRATION_FAILED",
            f"{step.app}: the transaction that starts with {step.name} failed: {cause_of(error)}",
            hint="nothing of it was kept; mend the migration and run:  oms db migrate",
        ) from error


def cause_of(error: Exception) -> str:
    """Return what went wrong in one line, with what PostgreSQL adds."""
    detail = getattr(error, "detail", None) if isinstance(error, asyncpg.PostgresError) else None
    return f"{type(error).__name__}: {error}" + (f" ({detail})" if detail else "")


async def _record(connection: Connection, step: Step, content: str = "") -> None:
    await connection.execute(
        "insert into oms.migration (app, name, digest) values ($1, $2, $3)"
        " on conflict (app, name) do update set digest = excluded.digest, applied_at = now()",
        step.app,
        step.name,
        content,
    )
