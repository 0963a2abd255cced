"""The SQL of idempotency claims.

BEGIN commits without waiting for the disk: after a crash of the server that undoes a claim nothing that
followed from it is there either, because any later durable commit on the same server makes the claim
durable too. (A callee that reaches outside of this server records its intention first, durably.)

A released claim has a lease of ``-infinity``: its effects never happened, so another request may use the
key; the same request keeps its uuid, for what it called may have remembered the keys derived from it.
"""

from __future__ import annotations


def of(plugin: str, statement: str) -> str:
    """Return the plugin's own text of a statement: a plan that two roles share is made anew at each turn."""
    return f"/* {plugin} */{statement}"


BEGIN = """
insert into oms.idempotency (tenant, principal, method, key, plugin, fingerprint, claim, holder, lease_until)
select $1::text, $2::text, $3::text, $4::text, $5::text, $6::bytea, $7::uuid, $8::uuid, $9::timestamptz
 where set_config('synchronous_commit', 'off', true) = 'off'
on conflict do nothing
"""

READ = """
select fingerprint, claim, holder, lease_until, response, lease_until = '-infinity' as released
  from oms.idempotency where tenant = $1 and principal = $2 and method = $3 and key = $4
"""

# Only one of several retries gets it: the others find another holder, or an answer. Its answer will be
# kept as long as any other, hence the new created_at.
TAKE_OVER = """
update oms.idempotency set fingerprint = $6, claim = $7, holder = $8, lease_until = $9, created_at = now()
 where tenant = $1 and principal = $2 and method = $3 and key = $4
   and holder = $5 and lease_until <= $10 and response is null
"""

ANSWER = """
update oms.idempotency set response = $6
 where tenant = $1 and principal = $2 and method = $3 and key = $4 and holder = $5
"""

RELEASE = """
update oms.idempotency set lease_until = '-infinity'
 where tenant = $1 and principal = $2 and method = $3 and key = $4 and holder = $5 and response is null
"""
