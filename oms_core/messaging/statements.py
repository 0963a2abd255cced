"""The SQL of relay and consumers.

``synchronous_commit`` is off in all of it: LEASE sets it for the relay's turn, the link for the rest.
Nothing can be lost by that: a crash of the server may undo the newest of these transactions, never the
middle of one, and a later durable commit makes all earlier ones durable too. An undone relay turn is done
again; an undone ``done`` or attempt is found again, and the inbox (durable with the handler's own effects)
keeps it from having a second effect.
"""

# ruff: noqa: S608 - what is put together here are constants of this module

from __future__ import annotations

DELIVERED = (
    "seq", "part", "event_id", "tenant", "plugin", "type", "schema_version", "aggregate_id",
    "aggregate_version", "payload", "created_at",
)  # fmt: skip
"""What a delivery copies of its envelope, besides the headers."""

_LEASE_NAMESPACE = 0x6F6D73  # "oms"

# CASE, since a bare AND may take the lease of a partition that has nothing. The sub-select is scanned
# in the order of the array and LIMIT stops it, so that no more leases are taken than wanted.
LEASE = f"""
select wanted.part from unnest($1::int[]) as wanted (part)
 where case when set_config('synchronous_commit', 'off', true) = 'off'
             and exists (select from oms.outbox o where o.part = wanted.part)
            then pg_try_advisory_xact_lock({_LEASE_NAMESPACE}, wanted.part) else false end
 limit $2
"""

TAKE_OUTBOX = """
with oldest as (select seq from oms.outbox where part = any($1::int[]) order by seq limit $2)
delete from oms.outbox o using oldest where o.seq = oldest.seq
returning o.seq, o.event_id, o.tenant, o.plugin, o.type, o.schema_version, o.aggregate_id,
          o.aggregate_version, o.part, o.payload, o.headers::text as headers, o.created_at
"""

# due_at: since ever, and not by this or any other machine's clock.
DELIVER = f"""
insert into oms.delivery (due_at, consumer, ordered, {", ".join(DELIVERED)}, headers)
select 'epoch', * from unnest(
  $1::text[], $2::boolean[], $3::bigint[], $4::smallint[], $5::uuid[], $6::text[], $7::text[], $8::text[],
  $9::int[], $10::text[], $11::bigint[], $12::bytea[], $13::timestamptz[], $14::jsonb[])
on conflict (consumer, event_id) do nothing
"""

# Two rows of one aggregate, in whichever handlers of a plugin: {0} comes before {1} and holds it back.
_BEFORE = """
  {0}.listener = {1}.listener and {0}.tenant = {1}.tenant and {0}.aggregate_id = {1}.aggregate_id
  and {0}.plugin = {1}.plugin and {0}.seq < {1}.seq and {0}.ordered and {1}.ordered
"""

_HEAD = f"""
   d.dead_at is null and not exists (select from oms.replay r where r.listener = d.listener) and not exists (
     select from oms.delivery earlier where {_BEFORE.format("earlier", "d")})
"""

DUE = f"""
select distinct d.consumer, d.part from oms.delivery d
 where d.consumer = any($1::text[]) and d.due_at <= $2 and {_HEAD}
"""

# An attempt that was begun and not reported (attempts, but no error) ended with its process.
TAKE_DELIVERY = f"""
with head as (
  select d.consumer, d.event_id, d.attempts > 0 and d.error is null as interrupted
    from oms.delivery d
   where d.consumer = $1 and d.part = $2 and d.due_at <= $3 and {_HEAD}
   order by d.seq limit 1
)
update oms.delivery d
   set attempts = d.attempts + case when head.interrupted then 0 else 1 end, error = null
  from head where d.consumer = head.consumer and d.event_id = head.event_id
returning d.consumer, d.event_id, d.tenant, d.type, d.schema_version, d.aggregate_id, d.part, d.payload,
          d.headers::text as headers, d.attempts, head.interrupted
"""

_COPIED = "event_id, tenant, plugin, type, schema_version, aggregate_id, aggregate_version, payload, headers"
# An event that the log has already (its version was taken meanwhile) is published all the same.
PUBLISH_DUE = f"""
with due as (
  delete from oms.scheduled s
   using (select event_id from oms.scheduled where due_at <= $1 order by due_at limit $2
             for update skip locked) chosen
   where s.event_id = chosen.event_id returning s.*
), numbered as (
  select nextval('oms.event_seq') as seq, ordered.* from (select * from due order by due_at) ordered
), logged as (
  insert into oms.event_log (seq, {_COPIED})
  select seq, {_COPIED} from numbered
  on conflict do nothing
)
insert into oms.outbox (seq, part, {_COPIED})
select seq, part, {_COPIED} from numbered
"""

_MINE = "consumer = $1 and event_id = $2"

# Another handler of the same plugin may have waited for this one; its slot is to be looked at.
DONE = f"""
with gone as (delete from oms.delivery where {_MINE} returning *)
select array_agg(distinct waiting.consumer) as waiting
  from gone join oms.delivery waiting on {_BEFORE.format("gone", "waiting")}
 where waiting.consumer <> gone.consumer
"""
POSTPONE = f"update oms.delivery set due_at = $3, error = $4 where {_MINE}"
BURY = f"update oms.delivery set dead_at = $3, error = $4 where {_MINE}"

DEAD = f"""
select d.consumer, d.event_id, d.tenant, d.type, d.aggregate_id, d.attempts, d.dead_at, d.error,
       (select count(*) from oms.delivery later where {_BEFORE.format("d", "later")}) as waiting
  from oms.delivery d
 where d.dead_at is not null and ($1::text is null or d.consumer = $1)
   and ($2::uuid is null or d.event_id = $2)
 order by d.dead_at, d.seq limit $3
"""

REPLAY = """
update oms.delivery set dead_at = null, attempts = 0, due_at = 'epoch'
 where consumer = $1 and dead_at is not null and ($2::uuid is null or event_id = $2)
"""

DROP = "delete from oms.delivery where consumer = $1 and event_id = $2 and dead_at is not null"
