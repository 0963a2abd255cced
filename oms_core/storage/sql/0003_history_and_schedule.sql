-- One number for an event in outbox, log and deliveries: what is replayed from the log takes its place in line.
create sequence oms.event_seq as bigint;
select setval('oms.event_seq', 1 + greatest(
  (select coalesce(max(seq), 0) from oms.outbox), (select coalesce(max(seq), 0) from oms.event_log),
  (select coalesce(max(seq), 0) from oms.delivery)));
alter table oms.outbox    alter column seq drop identity;
alter table oms.event_log alter column seq drop identity;
grant usage on sequence oms.event_seq to oms_relay;

-- A reader of the log goes on from (xid, seq); one that looks for a time begins there.
create index event_log_position on oms.event_log (xid, seq);
create index event_log_created_at on oms.event_log (created_at);

-- Events that are to be published later. A key names one of them, so that it can be moved or called off.
create table oms.scheduled (
  event_id          uuid        not null primary key,
  due_at            timestamptz not null,
  key               text        not null,
  tenant            text        not null,
  plugin            text        not null,
  type              text        not null,
  schema_version    integer     not null,
  aggregate_id      text        not null,
  aggregate_version bigint      not null,
  part              smallint    not null,
  payload           bytea       not null,
  headers           jsonb       not null default '{}',
  constraint scheduled_key unique (tenant, plugin, key)
);
create index scheduled_due_at on oms.scheduled (due_at);

-- Plugins to which the log is being replayed: their deliveries are put in line and not yet taken.
create table oms.replay (
  listener   text        not null primary key,
  started_at timestamptz not null default now()
);

alter table oms.scheduled enable row level security, force row level security;
create policy own on oms.scheduled
  using (tenant = nullif(current_setting('oms.tenant', true), '') and 'oms_' || plugin = current_user);
create policy relay on oms.scheduled to oms_relay using (true);
create policy relay on oms.event_log for insert to oms_relay with check (true);

grant select, update, delete on oms.scheduled to oms_relay;
grant insert on oms.outbox to oms_relay;
grant insert on oms.event_log to oms_relay;
grant select on oms.replay to oms_relay;
-- The log is read, and replayed, by operators' commands.
grant select, delete on oms.scheduled to oms_maintenance;
grant select, insert, delete on oms.replay to oms_maintenance;
grant insert on oms.delivery to oms_maintenance;
grant select on sequence oms.event_seq to oms_maintenance;
