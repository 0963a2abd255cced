"""Events on their way into the outbox and the event log: one statement for all of a transaction's."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from oms_core.ids import uuid7
from oms_core.storage.connection import Connection
from oms_wire.event import EventMessage

PARTITIONS = 8
"""Events of one aggregate share a partition, and one relay at a time works on a partition."""

_COLUMNS = "event_id, type, schema_version, aggregate_id, aggregate_version"
_FLUSH = f"""
with event as (
  select nextval('oms.event_seq') as seq, current_setting('oms.tenant') as tenant, $1::text as plugin,
         $2::jsonb as headers, e.*
  from unnest($3::uuid[], $4::text[], $5::int[], $6::text[], $7::bigint[], $8::smallint[], $9::bytea[])
    with ordinality as e({_COLUMNS}, part, payload, place)
), logged as (
  insert into oms.event_log (seq, tenant, plugin, headers, {_COLUMNS}, payload)
  select seq, tenant, plugin, headers, {_COLUMNS}, payload from event order by place
)
insert into oms.outbox (seq, tenant, plugin, headers, {_COLUMNS}, part, payload)
select seq, tenant, plugin, headers, {_COLUMNS}, part, payload from event order by place
"""  # noqa: S608 - column names of ours


_SCHEDULED = "event_id, type, schema_version, aggregate_id, aggregate_version, part, payload"
SCHEDULE = f"""
insert into oms.scheduled (tenant, {_SCHEDULED}, key, due_at, plugin, headers)
values (current_setting('oms.tenant'), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict on constraint scheduled_key do nothing
"""  # noqa: S608 - as above
_GIVEN = ", ".join(f"{name} = excluded.{name}" for name in (*_SCHEDULED.split(", "), "due_at", "headers"))
SCHEDULE_OVER = SCHEDULE.replace("do nothing", f"do update set {_GIVEN}")
UNSCHEDULE = "delete from oms.scheduled where key = $1 and plugin = $2"


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An event that the transaction has emitted and not yet written."""

    event_id: UUID
    type: str
    schema_version: int
    aggregate_id: str
    aggregate_version: int
    part: int
    payload: bytes


def partition(aggregate_id: str) -> int:
    """Return the partition of an aggregate: the same on every machine, for ever."""
    return zlib.crc32(aggregate_id.encode()) % PARTITIONS


def pending(event: EventMessage, version: int) -> PendingEvent:
    """Take the event's bytes now; raises ValueError when it does not say which aggregate it is about."""
    kind = event.EVENT
    aggregate_id = getattr(event, kind.key)
    if not isinstance(aggregate_id, str) or not aggregate_id:
        raise ValueError(f"event {kind.name!r}: {kind.key!r} must name the aggregate, got {aggregate_id!r}")
    if version < 1:
        raise ValueError(f"event {kind.name!r} of {aggregate_id!r}: version must be 1 or more, got {version}")
    return PendingEvent(
        uuid7(), kind.name, kind.version, aggregate_id, version, partition(aggregate_id), bytes(event)
    )


def scheduled(event: PendingEvent) -> tuple[object, ...]:
    """Return the event as the first arguments of SCHEDULE."""
    return tuple(getattr(event, name) for name in _SCHEDULED.split(", "))


def flush_statement(plugin: str) -> str:
    """Return the statement for one plugin; its own text, so that a plan is never shared between roles."""
    return f"/* {plugin} */{_FLUSH}"


async def write(
    connection: Connection,
    statement: str,
    plugin: str,
    headers: dict[str, str],
    events: Sequence[PendingEvent],
) -> None:
    """Write the events to outbox and log, in the sequence in which they were emitted."""
    await connection.execute(
        statement,
        plugin,
        json.dumps(headers),
        [event.event_id for event in events],
        [event.type for event in events],
        [event.schema_version for event in events],
        [event.aggregate_id for event in events],
        [event.aggregate_version for event in events],
        [event.part for event in events],
        [event.payload for event in events],
    )
