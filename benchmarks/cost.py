"""What one order costs: processor, log and disk, and the memory of the process that serves it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from benchmarks.figures import Figure, absolute
from benchmarks.load import Plan, generate
from benchmarks.settings import Settings
from benchmarks.stage import Stage, chain_running, database_cpu_seconds, drained
from oms_core.storage.connection import connect

RATE = 60.0
"""Orders a second: busy, and far from the limit."""
_STORED = """
select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
"""
_WAL = "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn"


class Meter(msgspec.Struct, frozen=True):
    """What was used so far: seconds and bytes."""

    program: float
    database: float
    wal: float
    stored: float


async def run(settings: Settings) -> Sequence[Figure]:
    """Place orders at an even pace until the kitchen has their tickets, and divide."""
    count = settings.pick(1500, 300)
    async with chain_running(settings, "cost") as stage:
        await _orders(stage, 300, first=0)
        settings.say(f"cost: {count} orders")
        before = await _read(stage)
        await _orders(stage, count, first=1_000_000)
        after = await _read(stage)
        resident = stage.program.resident_bytes()
    reach = "placed, events relayed, tickets made"
    return [
        Figure(
            name="CPU of the program, an order",
            unit="ms",
            ours=(after.program - before.program) / count * 1000,
            note=reach,
        ),
        Figure(
            name="CPU of the database, an order",
            unit="ms",
            ours=(after.database - before.database) / count * 1000,
        ),
        Figure(name="WAL, an order", unit="KiB", ours=(after.wal - before.wal) / count / 1024),
        Figure(
            name="stored, an order",
            unit="KiB",
            ours=(after.stored - before.stored) / count / 1024,
            note="tables and indexes of all plugins, event log, inbox and stored answer included",
        ),
        Figure(name="memory of a worker", unit="MB", ours=resident / 1e6, budget=absolute(at_most=150)),
    ]


async def _orders(stage: Stage, count: int, *, first: int) -> None:
    plan = Plan(
        port=stage.program.port,
        requests=stage.chain.orders,
        connections=16,
        count=count,
        rate=RATE,
        first=first,
    )
    await generate(plan)
    await drained(stage.server)


async def _read(stage: Stage) -> Meter:
    admin = await connect(stage.server.dsn)
    try:
        wal, stored = await admin.fetchval(_WAL), await admin.fetchval(_STORED)
    finally:
        await admin.close()
    return Meter(stage.program.cpu_seconds(), database_cpu_seconds(stage.server), float(wal), float(stored))
