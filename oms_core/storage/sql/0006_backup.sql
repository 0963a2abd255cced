-- Whoever backs up reads all that the runtime keeps, the counters of its tables too.
grant select on all tables in schema oms to oms_maintenance;
grant select on all sequences in schema oms to oms_maintenance;
