-- What the runtime itself keeps. Owned by oms_owner; the roles of the plugins, which are known only later,
-- are granted their part by the runtime (policies.py).

-- Events that were committed and not yet handed to the transport. Insert-only for plugins; the relay
-- deletes a row once the transport has it.
create table oms.outbox (
  seq               bigint generated always as identity primary key,
  event_id          uuid        not null unique,
  tenant            text        not null,
  plugin            text        not null,
  type              text        not null,
  schema_version    integer     not null,
  aggregate_id      text        not null,
  aggregate_version bigint      not null,
  part              smallint    not null,
  payload           bytea       not null,
  headers           jsonb       not null default '{}',
  created_at        timestamptz not null default now()
);
-- A queue turns over completely: vacuum by count, not by share, and keep the empty pages, whose return
-- would lock the table.
alter table oms.outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
  vacuum_truncate = false);
create index outbox_part_seq on oms.outbox (part, seq);

-- Every event for ever, append-only. A reader's cursor is (xid, seq) below pg_snapshot_xmin, since seq
-- is taken before the commit and so may appear out of order.
create table oms.event_log (
  xid               xid8        not null default pg_current_xact_id(),
  seq               bigint generated always as identity,
  event_id          uuid        not null primary key,
  tenant            text        not null,
  plugin            text        not null,
  type              text        not null,
  schema_version    integer     not null,
  aggregate_id      text        not null,
  aggregate_version bigint      not null,
  payload           bytea       not null,
  headers           jsonb       not null default '{}',
  created_at        timestamptz not null default now(),
  constraint event_log_version unique (tenant, type, aggregate_id, aggregate_version)
);

-- The PostgreSQL transport: one row for each consumer of an event, until it is handled. A row that
-- waits for a retry (due_at) or lies dead (dead_at) holds back the later rows of its aggregate.
create table oms.delivery (
  consumer          text        not null,
  seq               bigint      not null,
  part              smallint    not null,
  event_id          uuid        not null,
  tenant            text        not null,
  type              text        not null,
  schema_version    integer     not null,
  aggregate_id      text        not null,
  aggregate_version bigint      not null,
  payload           bytea       not null,
  headers           jsonb       not null default '{}',
  created_at        timestamptz not null,
  attempts          integer     not null default 0,
  due_at            timestamptz not null default now(),
  dead_at           timestamptz,
  error             text,
  primary key (consumer, seq)
);
alter table oms.delivery set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
  vacuum_truncate = false);
create index delivery_aggregate on oms.delivery (consumer, tenant, aggregate_id, seq);

-- What each consumer has handled: the reason why a repeated delivery has no second effect.
create table oms.inbox (
  consumer  text        not null,
  event_id  uuid        not null,
  tenant    text        not null,
  plugin    text        not null,
  done_at   timestamptz not null default now(),
  primary key (consumer, event_id)
);
create index inbox_done_at on oms.inbox (done_at);

-- One row for each idempotency key: claimed for a while, then answered for a day.
create table oms.idempotency (
  tenant      text        not null,
  plugin      text        not null,
  principal   text        not null,
  method      text        not null,
  key         text        not null,
  fingerprint bytea       not null,
  claim       uuid        not null,
  holder      uuid        not null,
  lease_until timestamptz not null,
  response    bytea,
  created_at  timestamptz not null default now(),
  primary key (tenant, principal, method, key)
);
create index idempotency_created_at on oms.idempotency (created_at);

-- Who sees which rows. A plugin: those that it wrote itself, for the tenant of its transaction (after a
-- transaction the setting is empty, not missing). The relay: events of every tenant. FORCE binds the owner.
alter table oms.outbox      enable row level security, force row level security;
alter table oms.event_log   enable row level security, force row level security;
alter table oms.delivery    enable row level security, force row level security;
alter table oms.inbox       enable row level security, force row level security;
alter table oms.idempotency enable row level security, force row level security;

create policy own on oms.outbox for insert
  with check (tenant = nullif(current_setting('oms.tenant', true), '') and 'oms_' || plugin = current_user);
create policy own on oms.event_log for insert
  with check (tenant = nullif(current_setting('oms.tenant', true), '') and 'oms_' || plugin = current_user);
create policy own on oms.inbox
  using (tenant = nullif(current_setting('oms.tenant', true), '') and 'oms_' || plugin = current_user);
create policy own on oms.idempotency
  using (tenant = nullif(current_setting('oms.tenant', true), '') and 'oms_' || plugin = current_user);

create policy relay on oms.outbox   to oms_relay using (true);
create policy relay on oms.delivery to oms_relay using (true);

grant usage on schema oms to oms_relay, oms_maintenance;
grant select, delete on oms.outbox to oms_relay;
grant select, insert, update, delete on oms.delivery to oms_relay;
grant select, delete on all tables in schema oms to oms_maintenance;
grant select on all sequences in schema oms to oms_maintenance;
