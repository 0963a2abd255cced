"""Row-level security and grants, derived from the table classes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from oms_core.storage.connection import Connection
from oms_core.storage.roles import MAINTENANCE, OWNER, plugin_role
from oms_core.storage.tables import PluginTables, table_name

TENANT_POLICY = "tenant"
TENANT_CONDITION = "tenant = nullif(current_setting('oms.tenant', true), '')"
"""After a transaction the setting is empty and not missing, hence ``nullif``: no tenant sees no rows."""

_CORE_GRANTS = {
    "oms.outbox": "insert",
    "oms.event_log": "insert",
    "oms.scheduled": "select, insert, update, delete",
    "sequence oms.event_seq": "usage",
    "oms.process": "select, insert, update",
    "oms.process_step": "select, insert, update",
    "oms.process_entry": "select, insert",
    "oms.inbox": "select, insert",
    "oms.idempotency": "select, insert, update, delete",
}

# Only roles of ours: what an operator has granted to a role of his own stays.
_REVOKE_OURS = """
do $$ declare given record; begin
  for given in
    select distinct c.oid::regclass as name, a.grantee::regrole as grantee
    from pg_class c, aclexplode(c.relacl) a
    where c.relnamespace = '{schema}'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
      and a.grantee <> c.relowner and a.grantee <> 0 and a.grantee::regrole::text like 'oms\\_%'
  loop
    execute format('revoke all on table %s from %s', given.name, given.grantee);
  end loop;
end $$"""


def policy_statements(plugin: PluginTables) -> list[str]:
    """Return the statements after which the plugin's role may do what it should and nothing else.

    They may be repeated; each starts from nothing, so that a right that is no longer given is gone.
    """
    role = plugin_role(plugin.plugin)
    return [
        f"grant usage on schema oms to {role}",
        f"revoke all on all tables in schema oms from {role}",
        *(f"grant {rights} on {table} to {role}" for table, rights in _CORE_GRANTS.items()),
        *_schema_grants(plugin.plugin, role),
        *(statement for table in plugin.tables for statement in _isolate(table_name(table), role)),
    ]


def digest(plugin: PluginTables) -> str:
    """Return what tells one set of statements from another, to see whether they have to run again."""
    text = ";\n".join(policy_statements(plugin))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


async def apply_policies(connection: Connection, plugin: PluginTables) -> None:
    """Run the statements, in the transaction that is open on the connection."""
    await run_all(connection, policy_statements(plugin))


async def run_all(connection: Connection, statements: Sequence[str]) -> None:
    """Run statements without arguments, in one round trip."""
    await connection.execute(";\n".join(statements))


def _schema_grants(schema: str, role: str) -> list[str]:
    everyone = f"{role}, {MAINTENANCE}"
    return [
        f"revoke all on schema {schema} from public",
        f"revoke all on all tables in schema {schema} from public",
        _REVOKE_OURS.format(schema=schema),
        f"grant usage on schema {schema} to {everyone}",
        f"grant usage on all sequences in schema {schema} to {everyone}",
        f"grant select on all sequences in schema {schema} to {MAINTENANCE}",
        f"grant select, insert, update, delete on all tables in schema {schema} to {MAINTENANCE}",
    ]


def _isolate(table: str, role: str) -> list[str]:
    return [
        f"alter table {table} owner to {OWNER}",
        f"alter table {table} enable row level security, force row level security",
        f"drop policy if exists {TENANT_POLICY} on {table}",
        f"create policy {TENANT_POLICY} on {table} using ({TENANT_CONDITION})",
        f"grant select, insert, update, delete on {table} to {role}",
    ]
