-- A delivery is known by its event: two databases whose events meet at one broker both number theirs from 1.
-- It says whose event it is and which plugin listens: events of one aggregate stay in turn for all handlers
-- of a plugin, except for those that do not care (not ordered).
alter table oms.delivery
  add column plugin   text    not null default '',
  add column listener text    not null generated always as (split_part(consumer, '.', 1)) stored,
  add column ordered  boolean not null default true,
  drop constraint delivery_pkey,
  add primary key (consumer, event_id);
alter table oms.delivery alter column plugin drop default;

drop index oms.delivery_aggregate;
create index delivery_slot on oms.delivery (consumer, part, seq);
create index delivery_aggregate on oms.delivery (listener, tenant, aggregate_id, seq);
