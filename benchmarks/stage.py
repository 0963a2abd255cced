"""What the end-to-end benchmarks run on: a PostgreSQL of their own and ``oms run`` beside it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import psutil

from benchmarks.chain import Chain, make_chain
from benchmarks.processes import Server, cpu_seconds, free_port
from benchmarks.settings import Settings
from oms_core.storage import EmbeddedServer, embedded
from oms_core.storage.connection import connect
from oms_core.storage.embedded.server import remove

_DRAINING = 120.0
_UNHANDLED = """
select exists (select from oms.outbox) or exists (select from oms.delivery where dead_at is null)
"""


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """A chain on a running program."""

    server: EmbeddedServer
    program: Server
    chain: Chain


@asynccontextmanager
async def chain_running(settings: Settings, name: str) -> AsyncIterator[Stage]:
    """Run everything with all plugins, and make a chain on it."""
    work = settings.work / name
    async with database_server(work / "database") as server:
        settings.say(f"{name}: making a chain")
        async with oms_run(server.dsn, data=work, log=work / "run.log") as program:
            chain = await make_chain(program.url, work / "keys")
            await drained(server)
            yield Stage(server=server, program=program, chain=chain)


@asynccontextmanager
async def database_server(data: Path) -> AsyncIterator[EmbeddedServer]:
    """Run an embedded server with its usual settings; its data is removed afterwards."""
    data.mkdir(parents=True)
    try:
        async with embedded(data) as server:
            yield server
    finally:
        remove(data)


def oms_run(
    database: str,
    *,
    data: Path,
    log: Path,
    plugins: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Server:
    """Return ``oms run`` on ``database`` with its keys in ``data``; ``plugins`` narrows what it loads."""
    port = free_port()
    command = [sys.executable, "-m", "oms_core.cli.main", "run", "--data", str(data)]
    command += ["--http-port", str(port), "--grpc-port", str(free_port())]
    env = {**(environ or {}), "OMS_DATABASE_URL": database} | ({"OMS_PLUGINS": plugins} if plugins else {})
    return Server(command, port=port, log=log, env=env)


def database_cpu_seconds(server: EmbeddedServer) -> float:
    """Return the CPU time of the server's processes so far, those that have ended included."""
    postmaster = psutil.Process(server.pids[1])
    return cpu_seconds([postmaster, *postmaster.children(recursive=True)])


def forget_settings() -> None:
    """Take ``OMS_*`` out of the environment: what a person has set must not change what is measured."""
    for name in [name for name in os.environ if name.startswith("OMS_")]:
        del os.environ[name]


async def drained(server: EmbeddedServer) -> None:
    """Return when every event was handled: nothing in the outbox, nothing to deliver."""
    admin = await connect(server.dsn)
    try:
        async with asyncio.timeout(_DRAINING):
            while await admin.fetchval(_UNHANDLED):
                await asyncio.sleep(0.1)
        if dead := await admin.fetchval("select count(*) from oms.delivery"):
            raise RuntimeError(f"{dead} events lie dead: what follows would measure failures")
    finally:
        await admin.close()
