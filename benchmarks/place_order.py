"""Orders placed over HTTP ÷ pgbench replaying the statements that one PlaceOrder sends."""

from __future__ import annotations

import difflib
import itertools
import statistics
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from benchmarks.capture import capture
from benchmarks.chain import Chain, make_chain
from benchmarks.figures import Figure, ratio
from benchmarks.load import Failed, Plan, generate
from benchmarks.pgbench import pgbench
from benchmarks.place_order_script import SCRIPT, TENANT, same
from benchmarks.processes import Server
from benchmarks.settings import Settings
from benchmarks.stage import database_server, drained, oms_run
from benchmarks.statement_log import log_parameters
from oms_core.storage import EmbeddedServer
from oms_core.storage.connection import connect

CLIENTS = 8
REPLAYED = "replayed"
"""The database that pgbench writes to: a copy, since no order of the program's may come of its events."""
PLACING = "identity,menu,orders"
"""The plugins that one PlaceOrder goes through; nobody reacts to the order."""


class Arena(msgspec.Struct, frozen=True, kw_only=True):
    """The server, the chain on it, and the script that stands for an order of it."""

    server: EmbeddedServer
    chain: Chain
    script: Path
    work: Path
    numbers: itertools.count[int]


async def run(settings: Settings) -> Sequence[Figure]:
    """Compare the two with nobody reacting to orders, and with all plugins at work on them."""
    async with _arena(settings) as arena:
        alone = await _compare(settings, arena, PLACING)
        together = await _compare(settings, arena, None)
    budget = ratio(at_least=0.35)
    unit = "orders/s"
    return [
        Figure(
            name="orders over HTTP, 8 clients", unit=unit, ours=alone[0], baseline=alone[1], budget=budget
        ),
        Figure(
            name="the same while the kitchen handles them",
            unit=unit,
            ours=together[0],
            baseline=together[1],
            note="relay, deliveries and tickets share the two cores",
        ),
    ]


@asynccontextmanager
async def _arena(settings: Settings) -> AsyncIterator[Arena]:
    work = settings.work / "orders"
    async with database_server(work / "database") as server:
        settings.say("orders: making a chain")
        async with oms_run(server.dsn, data=work, log=work / "run.log") as program:
            chain = await make_chain(program.url, work / "keys")
            await drained(server)
        await _admin(server, f"create database {REPLAYED} template oms")
        script = await _script(settings, server, chain, work)
        yield Arena(server=server, chain=chain, script=script, work=work, numbers=itertools.count(1))


async def _script(settings: Settings, server: EmbeddedServer, chain: Chain, work: Path) -> Path:
    """Catch an order's statements and return the script of them, if the committed one says the same."""
    settings.say("orders: catching the statements of one")
    admin = await connect(server.dsn)
    await log_parameters(admin, "oms_app")
    await admin.close()
    async with oms_run(server.dsn, data=work, log=work / "run.log", plugins=PLACING) as program:
        caught = await capture(server, program, chain)
    if settings.rewrite:
        SCRIPT.write_text(caught)
    elif not same(SCRIPT.read_text(), caught):
        changes = difflib.unified_diff(SCRIPT.read_text().splitlines(), caught.splitlines(), lineterm="", n=0)
        raise Failed(
            f"{SCRIPT.name} is not what PlaceOrder sends today; if that is meant, run"
            "  make bench ARGS='--only orders --rewrite'\n" + "\n".join(itertools.islice(changes, 20))
        )
    replayed = work / SCRIPT.name
    replayed.write_text(caught.replace(TENANT, chain.chain_id))
    return replayed


async def _compare(settings: Settings, arena: Arena, plugins: str | None) -> tuple[float, float]:
    seconds, rounds = settings.pick(8, 3), settings.pick(5, 2)
    log = arena.work / "run.log"
    ours, theirs = [], []
    async with oms_run(arena.server.dsn, data=arena.work, log=log, plugins=plugins) as program:
        rate = await _place(arena, program, 300)
        for number in range(rounds):
            settings.say(f"orders: round {number + 1} of {rounds}")
            ours.append(await _place(arena, program, int(rate * seconds)))
            await drained(arena.server)
            theirs.append(await _replay(arena, seconds))
    return statistics.median(ours), statistics.median(theirs)


async def _place(arena: Arena, program: Server, count: int) -> float:
    first = next(arena.numbers) * 1_000_000
    orders = arena.chain.orders
    plan = Plan(port=program.port, requests=orders, connections=CLIENTS, count=count, first=first)
    return (await generate(plan)).rate


async def _replay(arena: Arena, seconds: int) -> float:
    chain = arena.chain
    given = {"run": str(next(arena.numbers)), "n": "0", "tenant": chain.chain_id, "brand": chain.brand_id}
    given["locations"] = f"{{{','.join(chain.location_ids)}}}"
    given |= {f"variation{n}": id_ for n, id_ in enumerate(chain.variation_ids, start=1)}
    return await pgbench(arena.server, REPLAYED, arena.script, clients=CLIENTS, seconds=seconds, given=given)


async def _admin(server: EmbeddedServer, sql: str) -> None:
    admin = await connect(server.dsn)
    try:
        await admin.execute(sql)
    finally:
        await admin.close()
