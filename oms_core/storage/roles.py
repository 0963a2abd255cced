"""The database's own accounts: who owns, who serves, who relays, who looks after.

::

    oms_owner         owns every table; migrations run as it
    oms_app           logs in and may do nothing by itself; becomes one of the next two for a transaction
    ├── oms_<plugin>  one for each plugin: its own schema, its own rows of the runtime's tables
    └── oms_relay     events of every tenant on their way out, and nothing else
    oms_maintenance   back-fill and backup: everybody's rows; nobody becomes it while serving
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import asyncpg

from oms_core.errors import StorageError
from oms_core.storage.connection import Connection

OWNER = "oms_owner"
APP = "oms_app"
RELAY = "oms_relay"
MAINTENANCE = "oms_maintenance"

_ATTRIBUTES = {
    OWNER: "nologin noinherit",
    APP: "login noinherit",
    RELAY: "nologin noinherit",
    MAINTENANCE: "nologin noinherit bypassrls",
}
_PLUGIN_ATTRIBUTES = "nologin noinherit"
_PLUGIN_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_RESERVED = frozenset(role.removeprefix("oms_") for role in _ATTRIBUTES)
_ATTEMPTS = 5


def plugin_role(plugin: str) -> str:
    """Return the role that ``plugin`` serves as; raises StorageError when the name cannot be one."""
    if not _PLUGIN_NAME.fullmatch(plugin) or plugin in _RESERVED:
        raise StorageError(
            "PLUGIN_NAME",
            f"{plugin!r} cannot name a plugin's schema and role",
            hint=f"use at most 41 of a-z, 0-9 and _, and none of {', '.join(sorted(_RESERVED))}",
        )
    return f"oms_{plugin}"


def needed_roles(plugins: Sequence[str]) -> dict[str, str]:
    """Return every role that serving ``plugins`` needs, with its attributes."""
    return _ATTRIBUTES | {plugin_role(plugin): _PLUGIN_ATTRIBUTES for plugin in plugins}


async def missing_roles(connection: Connection, plugins: Sequence[str]) -> list[str]:
    """Return the roles that have still to be made or joined, in the line in which that happens."""
    names = list(needed_roles(plugins))
    rows = await connection.fetch("select rolname from pg_roles where rolname = any($1)", names)
    known = {row["rolname"] for row in rows}
    rows = await connection.fetch(
        "select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid"
        " join pg_roles g on g.oid = m.member where g.rolname = $1",
        APP,
    )
    joined = {row["rolname"] for row in rows} | {OWNER, APP, MAINTENANCE}
    return [name for name in names if name not in known or name not in joined]


async def ensure_roles(connection: Connection, plugins: Sequence[str]) -> None:
    """Make the roles that are missing; raises StorageError when the login may not."""
    attributes = needed_roles(plugins)
    for role in await missing_roles(connection, plugins):
        await _create(connection, role, attributes[role])
        if role not in {OWNER, APP, MAINTENANCE}:
            await _cluster_wide(connection, f"grant {role} to {APP}")
    # The login must become the owner here, and may serve as the app later.
    for role in (OWNER, APP):
        if not await connection.fetchval("select pg_has_role($1, 'usage')", role):
            await _cluster_wide(connection, f"grant {role} to current_user")


async def _create(connection: Connection, role: str, attributes: str) -> None:
    try:
        await connection.execute(f"create role {role} {attributes}")
    except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        pass  # there already, or made by another database's migration at this moment
    except asyncpg.InsufficientPrivilegeError as error:
        raise StorageError(
            "ROLE_FORBIDDEN",
            f"the database login may not create the role {role!r}: {error}",
            hint=f"let an administrator run:  create role {role} {attributes};  then try again",
        ) from error


async def _cluster_wide(connection: Connection, statement: str) -> None:
    # Roles belong to all databases of a server, and no lock of one database keeps the others away.
    for attempt in range(_ATTEMPTS):
        try:
            await connection.execute(statement)
        except asyncpg.InternalServerError:  # "tuple concurrently updated"
            if attempt == _ATTEMPTS - 1:
                raise
        except asyncpg.UniqueViolationError:
            return
        else:
            return
