-- The statements of one PlaceOrder, as the server logged them; do not edit.
-- To renew: make bench ARGS='--only orders --rewrite'
-- pgbench -M prepared -D run=… -D n=0 -D tenant=… -D brand=… -D locations={…} -D variation1=… …
\set n :n + 1
\set id (:run * 1000 + :client_id) * 10000000 + :n
\set place 1 + mod(2 * :client_id + :n, 16)
\startpipeline
begin;
set local role oms_orders;
set local oms.tenant = 'chn_00000000000000000000000000';
\endpipeline
/* orders */
insert into oms.idempotency (tenant, principal, method, key, plugin, fingerprint, claim, holder, lease_until)
select :tenant::text, E'user\x3abench'::text, 'oms.orders.v1.OrdersService/PlaceOrder'::text, ('order-' || lpad(:id::text, 16, '0') || '')::text, 'orders'::text, decode(repeat('ab', 32), 'hex')::bytea, lpad(to_hex(:id::bigint * 64 + 0), 32, '0')::uuid::uuid, lpad(to_hex(:id::bigint * 64 + 1), 32, '0')::uuid::uuid, now()::timestamptz
 where set_config('synchronous_commit', 'off', true) = 'off'
on conflict do nothing;
commit;
\startpipeline
begin;
set local role oms_menu;
set local oms.tenant = 'chn_00000000000000000000000000';
\endpipeline
select i.item_id, v.variation_id, i.name, v.name as variation_name, i.station,
       coalesce(o.amount, v.amount) as amount, coalesce(o.currency, v.currency) as currency,
       coalesce(o.available, true) as available, i.modifier_groups as asks,
       (select b.version from menu.brand_menus b where b.brand_id = :brand) as menu_version
from menu.items i
join menu.variations v using (item_id)
left join menu.offers o on o.location_id = (:locations::text[])[:place::int] and o.variation_id = v.variation_id
where i.brand_id = :brand
and v.variation_id = any(array[:variation1, :variation2, :variation3]);
commit;
\startpipeline
begin;
set local role oms_orders;
set local oms.tenant = 'chn_00000000000000000000000000';
\endpipeline
with taken as (
  insert into orders.day_numbers as d (day, tenant, last) values ((:locations::text[])[:place::int] || '/' || current_date::date, :tenant, 1)
  on conflict (day) do update set last = d.last + 1
  returning last
), placed as (
  insert into orders.orders (tenant, location_id, business_date, order_id, brand_id, number, state,
    service_mode, amount, currency, menu_version, channel, external_id, placed_at, updated_at, version,
    adjustments, kitchen_version)
  select :tenant, (:locations::text[])[:place::int], current_date, ('ord_' || lpad((:id::bigint * 64 + 2)::text, 26, '0')), :brand, taken.last, 'ACCEPTED', 'TAKEOUT', '4900', 'USD', '40', 'web', ('' || lpad(:id::text, 16, '0') || ''), now(), now(), '2', null::jsonb, 0
  from taken
  on conflict (tenant, channel, external_id) do nothing
  returning order_id, number
), lines as (
  insert into orders.order_lines (tenant, order_id, position, line_id, item_id, variation_id, name,
    variation_name, quantity, note, unit_amount, modifiers)
  select :tenant, placed.order_id, line.position - 1, line.line_id, line.item_id, line.variation_id, line.name,
    line.variation_name, line.quantity, line.note, line.unit_amount, line.modifiers::jsonb
  from placed, unnest(array[('lin_' || lpad((:id::bigint * 64 + 3)::text, 26, '0')), ('lin_' || lpad((:id::bigint * 64 + 4)::text, 26, '0')), ('lin_' || lpad((:id::bigint * 64 + 5)::text, 26, '0'))]::text[], array[('itm_' || lpad((:id::bigint * 64 + 6)::text, 26, '0')), ('itm_' || lpad((:id::bigint * 64 + 7)::text, 26, '0')), ('itm_' || lpad((:id::bigint * 64 + 8)::text, 26, '0'))]::text[], array[:variation1, :variation2, :variation3]::text[], array['Pizza 0', 'Pizza 1', 'Pizza 2']::text[], array['Small', 'Small', 'Small']::text[], array['1', '2', '1']::int[],
    array['', '', '']::text[], array['1200', '1225', '1250']::bigint[], array[null, null, null]::text[]) with ordinality as line (line_id, item_id, variation_id, name,
    variation_name, quantity, note, unit_amount, modifiers, position)
), steps as (
  insert into orders.timeline (tenant, order_id, version, step, from_state, to_state, by, at, reason)
  select :tenant, placed.order_id, entry.* from placed, unnest(array['1', '2']::bigint[], array['place', 'accept']::text[], array['', 'PLACED']::text[],
    array['PLACED', 'ACCEPTED']::text[], array[E'user\x3abench', E'user\x3abench']::text[], array[now(), now()]::timestamptz[], array['', '']::text[]) as entry
)
select number from placed;
/* orders */
with event as (
  select nextval('oms.event_seq') as seq, current_setting('oms.tenant') as tenant, 'orders'::text as plugin,
         E'{"trace"\x3a "00000000000000000000000000000000", "locale"\x3a "en"}'::jsonb as headers, e.*
  from unnest(array[lpad(to_hex(:id::bigint * 64 + 9), 32, '0')::uuid, lpad(to_hex(:id::bigint * 64 + 10), 32, '0')::uuid]::uuid[], array['orders.order_placed', 'orders.order_accepted']::text[], array['1', '1']::int[], array[('ord_' || lpad((:id::bigint * 64 + 2)::text, 26, '0')), ('ord_' || lpad((:id::bigint * 64 + 2)::text, 26, '0'))]::text[], array['1', '2']::bigint[], array[mod(:id::bigint, 8), mod(:id::bigint, 8)]::smallint[], array[decode(repeat('ab', 80), 'hex'), decode(repeat('ab', 416), 'hex')]::bytea[])
    with ordinality as e(event_id, type, schema_version, aggregate_id, aggregate_version, part, payload, place)
), logged as (
  insert into oms.event_log (seq, tenant, plugin, headers, event_id, type, schema_version, aggregate_id, aggregate_version, payload)
  select seq, tenant, plugin, headers, event_id, type, schema_version, aggregate_id, aggregate_version, payload from event order by place
)
insert into oms.outbox (seq, tenant, plugin, headers, event_id, type, schema_version, aggregate_id, aggregate_version, part, payload)
select seq, tenant, plugin, headers, event_id, type, schema_version, aggregate_id, aggregate_version, part, payload from event order by place;
/* orders */
update oms.idempotency set response = decode(repeat('ab', 720), 'hex')
 where tenant = :tenant and principal = E'user\x3abench' and method = 'oms.orders.v1.OrdersService/PlaceOrder' and key = ('order-' || lpad(:id::text, 16, '0') || '') and holder = lpad(to_hex(:id::bigint * 64 + 1), 32, '0')::uuid;
commit;
