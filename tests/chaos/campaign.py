"""One leg of the campaign: build the world, let people order under fire, wait for quiet, judge."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from harbor_table.badges import BadgeOffice
from harbor_table.seed import open_chain, seed
from oms_core.auth import KeyRing
from oms_core.config import Config
from oms_core.runtime.application import KEYS, SERVICES
from oms_core.runtime.lining_up import line_up
from oms_core.runtime.listening import listening_elsewhere
from oms_core.storage import EmbeddedServer, embedded, remove
from oms_core.testing.ports import free_ports
from oms_sdk import AsyncOMS
from tests.chaos import faults as every_fault
from tests.chaos import proxy
from tests.chaos.audit import Findings, audit, quiet
from tests.chaos.faults import Faults, dumped
from tests.chaos.fleet import Fleet, fleet
from tests.chaos.load import People
from tests.chaos.rabbit import Node, node

PLUGINS = ["identity", "menu", "orders", "kitchen"]
BUNDLES = {"front": ["identity", "menu", "orders"], "kitchen": ["kitchen"]}
SOCKET = ".s.PGSQL.5432"


@dataclass
class Leg:
    """What one leg was, and what came of it."""

    orders: int
    seconds: float
    seed: int
    findings: Findings
    kills: Counter[str]
    faults: Counter[str]
    poison: int
    process_recoveries: list[float] = field(default_factory=list)
    database_recoveries: list[float] = field(default_factory=list)
    broker_recoveries: list[float] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)


@dataclass
class World:
    """Everything that runs."""

    folder: Path
    fleet: Fleet
    database: EmbeddedServer
    node: Node
    faults: Callable[[str], Faults]
    url: str


@asynccontextmanager
async def world(dice: random.Random, *, environ: dict[str, str] | None = None) -> AsyncIterator[World]:
    """Build a world of two bundles with two processes each, and take it down again."""
    folder = Path(tempfile.mkdtemp(prefix="oms-chaos-"))
    folder.chmod(0o711)
    try:
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(embedded(folder / "database"))
            broker = await stack.enter_async_context(node(folder / "rabbit"))
            http, amqp, *ports = free_ports(6)
            sockets = folder / "sockets"
            sockets.mkdir(mode=0o700)
            to_broker = await stack.enter_async_context(proxy.tcp(amqp, broker.port))
            to_database = await stack.enter_async_context(
                proxy.unix(str(sockets / SOCKET), str(database.sockets / SOCKET))
            )
            names = ["front.1", "front.2", "kitchen.1", "kitchen.2"]
            grpc = dict(zip(names, ports, strict=True))
            _write(folder, database.dsn.replace(str(database.sockets), str(sockets)), amqp, grpc)
            for keys in (folder / "data" / KEYS, folder / "data" / KEYS / SERVICES):
                KeyRing.open(keys)
            one = await stack.enter_async_context(
                fleet(
                    grpc,
                    {name: _arguments(folder, name, http, grpc[name]) for name in names},
                    folder=folder,
                    environ=environ or {},
                    dice=dice,
                )
            )

            def faults(tenant: str) -> Faults:
                return Faults(one, database, broker, to_broker, to_database, tenant=tenant, dice=dice)

            yield World(folder, one, database, broker, faults, f"http://127.0.0.1:{http}")
    finally:
        with contextlib.suppress(Exception):
            remove(folder / "database")
        if kept := os.environ.get("CHAOS_LOGS"):
            for log in folder.glob("*.log"):
                shutil.copy(log, kept)
        shutil.rmtree(folder, ignore_errors=True)


async def leg(
    *, orders: int, minutes: float | None, seed_: int, pace: float = 1.0, told: Callable[[str], None]
) -> Leg:
    """Run until so many orders were acknowledged, or so many minutes are over, and judge.

    ``pace`` multiplies how often everything goes wrong.
    """
    dice = random.Random(seed_)
    began = time.monotonic()
    wanted = wanted_of()
    async with world(dice) as all_, patient(all_.url) as oms:
        people, tenant = await open_shop(oms, all_.folder, dice, f"leg{seed_}")
        faults = all_.faults(tenant)
        all_.fleet.arming = True
        for name in all_.fleet.names:
            all_.fleet.kill(name)  # from here on they die at their steps

        def enough() -> bool:
            over = minutes is not None and time.monotonic() - began > minutes * 60
            return over or len(people.promises) >= orders

        # `kill -USR1` shows what everybody waits for.
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, _show_waiting)
        background = [
            asyncio.create_task(people.work()),
            asyncio.create_task(_tell(told, people, all_.fleet, faults)),
            *(asyncio.create_task(_happen(faults, name, dice, pace)) for name in every_fault.EVERY),
        ]
        try:
            ordering = asyncio.create_task(people.order(until=enough))
            await asyncio.wait([ordering, *background], return_when=asyncio.FIRST_COMPLETED)
            for task in background:
                if task.done():
                    ordering.cancel()
                    task.result()
            await ordering
        except BaseException:
            background[0].cancel()
            await asyncio.gather(background[0], return_exceptions=True)
            raise
        finally:
            all_.fleet.arming = False
            for task in background[1:]:
                task.cancel()
            await asyncio.gather(*background[1:], return_exceptions=True)
        _calm(all_, faults)
        told(f"{len(people.promises)} orders are placed; waiting for quiet")
        await quiet(all_.database.dsn, wanted)
        background[0].cancel()
        await asyncio.gather(background[0], return_exceptions=True)
        await quiet(all_.database.dsn, wanted)
        findings = await audit(
            all_.database.dsn, people.promises, wanted, poison=faults.poison, perhaps=faults.perhaps
        )
        await all_.fleet.stop()
        return Leg(
            len(people.promises),
            time.monotonic() - began,
            seed_,
            findings,
            all_.fleet.kills,
            faults.counts,
            len(faults.poison),
            all_.fleet.recoveries,
            faults.database_recoveries,
            faults.broker_recoveries,
            all_.fleet.unexpected,
        )


def patient(url: str) -> AsyncOMS:
    """Return a client that goes on asking, whatever happens, and gives no single attempt much time."""
    return AsyncOMS(base_url=url, timeout=600, attempt_timeout=5, max_retries=100_000, retry_budget=None)


async def open_shop(oms: AsyncOMS, folder: Path, dice: random.Random, name: str) -> tuple[People, str]:
    """Open a chain and return its people, and its id."""
    office = BadgeOffice(folder / "data")
    chain_id = await open_chain(oms.with_options(token=office.operator()), folder)

    def as_role(role: str) -> AsyncOMS:
        return oms.with_options(token=office.badge(role, chain_id, tenant=chain_id))

    return People(await seed(as_role("owner"), chain_id), as_role, dice, name), chain_id


async def _happen(faults: Faults, name: str, dice: random.Random, pace: float) -> None:
    while True:
        await asyncio.sleep(every_fault.schedule(name, dice) / pace)
        await faults.one(name)


async def _tell(told: Callable[[str], None], people: People, fleet_: Fleet, faults: Faults) -> None:
    while True:
        await asyncio.sleep(10)
        told(f"{len(people.promises)} orders, {fleet_.kills.total()} deaths, {dumped(faults.counts)}")


def _show_waiting() -> None:
    for task in asyncio.all_tasks():
        task.print_stack(limit=6)


def _calm(all_: World, faults: Faults) -> None:
    """Let the network be good again; the broker and the database are up whenever nothing is being done."""
    for one in faults._proxies:
        one.flow()
    assert all_.fleet.names


def wanted_of() -> Sequence[tuple[str, str]]:
    """Return the type and the consumer of everything that is handled."""
    line = line_up(Config(plugins=PLUGINS)).line
    return [(kind, route.consumer) for kind, routes in listening_elsewhere(line).items() for route in routes]


def _arguments(folder: Path, name: str, http: int, grpc: int) -> list[str]:
    bundle = name.partition(".")[0]
    # Those of one bundle share REST's port; the kitchen has none that anybody asks.
    port = http if bundle == "front" else http + 1
    flags = ["--data", str(folder / "data"), "--config", str(folder / "oms.toml")]
    return ["run", "--bundle", bundle, "--worker", "--http-port", str(port), "--grpc-port", str(grpc), *flags]


def _write(folder: Path, dsn: str, amqp: int, grpc: dict[str, int]) -> None:
    lines = [
        "[server]\ndrain_seconds = 5.0",
        f"[database]\nurl = '{dsn}'\npool_size = 8",
        f"[broker]\nurl = 'amqp://127.0.0.1:{amqp}/?heartbeat=5'",
    ]
    for bundle, serve in BUNDLES.items():
        addresses = [f"127.0.0.1:{port}" for name, port in grpc.items() if name.startswith(bundle)]
        lines.append(f"[bundles.{bundle}]\nserve = {serve}\naddress = {addresses}")
    (folder / "oms.toml").write_text("\n".join(lines))
