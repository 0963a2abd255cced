-- The consumers that have been here before: one that has not may want the history first.
create table oms.listener (
  consumer text        not null primary key,
  since    timestamptz not null default now()
);
insert into oms.listener (consumer) select distinct consumer from oms.inbox;
grant select, insert, delete on oms.listener to oms_maintenance;
