-- Process managers: what each one knows, what it has done and what it waits for. A plugin sees its own.
create table oms.process (
  process_id text        not null primary key,
  tenant     text        not null,
  plugin     text        not null,
  type       text        not null,
  key        text        not null,
  version    bigint      not null,
  state      jsonb       not null,
  status     text        not null check (status in ('running', 'undoing', 'done', 'undone')),
  timers     text[]      not null default '{}',
  steps      integer     not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint process_key unique (tenant, plugin, type, key)
);
create index process_unfinished on oms.process (plugin, type, updated_at) where status in ('running', 'undoing');

-- A step is a command that was decided, or (undoes) the undoing of one.
create table oms.process_step (
  process_id  text        not null references oms.process on delete cascade,
  n           integer     not null,
  tenant      text        not null,
  plugin      text        not null,
  name        text        not null,
  command     jsonb       not null,
  undoes      integer,
  status      text        not null check (status in ('pending', 'cancelled', 'done', 'refused', 'uncertain', 'skipped')),
  answer      jsonb,
  error       text        not null default '',
  begun_at    timestamptz,
  give_up_at  timestamptz not null,
  created_at  timestamptz not null,
  finished_at timestamptz,
  primary key (process_id, n)
);

create table oms.process_entry (
  process_id text        not null references oms.process on delete cascade,
  n          bigint generated always as identity,
  tenant     text        not null,
  plugin     text        not null,
  at         timestamptz not null,
  what       text        not null,
  primary key (process_id, n)
);

alter table oms.process       enable row level security, force row level security;
alter table oms.process_step  enable row level security, force row level security;
alter table oms.process_entry enable row level security, force row level security;
create policy own on oms.process
  using (tenant = nullif(current_setting('oms.tenant', true), '') and 'oms_' || plugin = current_user);
create policy own on oms.process_step
  using (tenant = nullif(current_setting('oms.tenant', true), '') and 'oms_' || plugin = current_user);
create policy own on oms.process_entry
  using (tenant = nullif(current_setting('oms.tenant', true), '') and 'oms_' || plugin = current_user);
grant select, delete on oms.process, oms.process_step, oms.process_entry to oms_maintenance;
