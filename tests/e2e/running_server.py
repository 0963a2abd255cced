"""An ``oms run`` that a session of tests talks to, and the tokens that hold there."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import asyncpg
import httpx

from oms_core.auth import Issuer, KeyRing
from oms_core.context import Grant
from oms_core.storage import attach
from oms_core.testing.ports import free_ports

READY_SECONDS = 60.0


@dataclass(frozen=True)
class Server:
    """Where the server is, and what it keeps its keys and data in."""

    data: Path
    http_port: int
    grpc_port: int
    dsn: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def grpc_address(self) -> str:
        return f"127.0.0.1:{self.grpc_port}"

    @property
    def keys(self) -> KeyRing:
        return KeyRing.open(self.data / "keys")

    def token(self, role: str, node: str, *, tenant: str | None = None) -> str:
        issuer = Issuer(self.keys, issuer="oms", audience="oms")
        of = tenant or ("platform" if node == "*" else node)
        return issuer.issue(f"user:{role}", tenant=of, grants=[Grant(role, node)], ttl=timedelta(hours=1))

    async def sql(self, statement: str, *values: object) -> Sequence[asyncpg.Record]:
        """Return rows of any plugin and tenant."""
        connection = await asyncpg.connect(self.dsn)
        try:
            await connection.execute("set role oms_maintenance")
            rows: Sequence[asyncpg.Record] = await connection.fetch(statement, *values)
            return rows
        finally:
            await connection.close()


@asynccontextmanager
async def serving(data: Path, *, environ: Mapping[str, str] | None = None) -> AsyncIterator[Server]:
    """Run a server on ``data`` until the block ends, which must be its clean end.

    ``environ`` is what its environment has beyond ours.
    """
    http_port, grpc_port = free_ports(2)
    flags = ["--data", str(data), "--http-port", str(http_port), "--grpc-port", str(grpc_port)]
    with (data.parent / "server.log").open("w+b") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "oms_core.cli.main", "run", *flags],
            stdout=log,
            stderr=log,
            cwd=data.parent,
            env={**os.environ, **(environ or {})},
        )
        try:
            await _ready(process, http_port, data.parent / "server.log")
            async with attach(data) as dsn:
                yield Server(data, http_port, grpc_port, dsn)
            process.terminate()
            assert await asyncio.to_thread(process.wait, 30) == 0
        finally:
            process.kill()
            process.wait()


async def _ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http, asyncio.timeout(READY_SECONDS):
        while True:
            assert process.poll() is None, log.read_text()
            try:
                if (await http.get("/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
