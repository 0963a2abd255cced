"""Start, find and stop the embedded server."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import asyncpg

from oms_core.errors import StorageError
from oms_core.storage.embedded.account import Account, unprivileged
from oms_core.storage.embedded.binaries import binaries
from oms_core.storage.embedded.child import Order, await_ready, end, spawn
from oms_core.storage.embedded.holding import Holding, holder_of
from oms_core.storage.embedded.place import place_of, remove_place

DATABASE = "oms"
_SOCKET_PATH_LIMIT = 103
"""Bytes that the shortest platform allows for a socket's path (macOS; Linux has 107)."""
_SOCKET_NAME = ".s.PGSQL.5432"
_STARTING_SECONDS = 60.0


class EmbeddedServer:
    """A running server. ``dsn`` logs in as its administrator over a socket that only our account can open."""

    def __init__(self, order: Order, holding: Holding) -> None:
        self._order = order
        self._holding = holding
        self._watchdog: subprocess.Popen[bytes] | None = None
        self._postmaster = 0

    @property
    def dsn(self) -> str:
        """The address of the database ``oms``, as administrator."""
        return dsn(self._order.sockets)

    @property
    def place(self) -> Path:
        """Where the data lies: inside the data folder, or elsewhere when root's server cannot get there."""
        return self._order.place.root

    @property
    def sockets(self) -> Path:
        """The folder of the socket; it lives as long as the server."""
        return self._order.sockets

    @property
    def bin(self) -> Path:
        """The folder of ``psql``, ``pg_dump`` and ``pgbench``."""
        return self._order.programs.bin

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that run now: the watchdog and the server, which is started again when it dies."""
        return (
            (self._watchdog.pid, self._order.place.postmaster or self._postmaster) if self._watchdog else ()
        )

    @classmethod
    async def start(cls, data: Path) -> EmbeddedServer:
        """Start a server on ``data``; made and recovered as needed.

        Raises StorageError when the folder is in use, unreachable or damaged.
        """
        # Neither waits for another thread: cancelled at any moment, we know what there is to stop.
        server = cls._prepare(data)
        try:
            await server.run()
        except BaseException:
            await asyncio.shield(server.stop())
            raise
        return server

    async def stop(self) -> None:
        """Stop the server and wait for its end; what was committed stays. Harmless when it is stopped."""
        if process := self._watchdog:
            self._watchdog = None
            await asyncio.to_thread(end, process)
        shutil.rmtree(self._order.sockets, ignore_errors=True)
        self._holding.release()

    @classmethod
    def _prepare(cls, data: Path) -> EmbeddedServer:
        data = data.resolve()
        try:
            data.mkdir(parents=True, exist_ok=True)
            holding = Holding.take(data)
        except OSError as error:
            raise StorageError(
                "DATA_UNUSABLE",
                f"the data folder {data} cannot be used: {error.strerror}",
                hint="choose another",
            ) from error
        try:
            account = unprivileged()
            place, programs = place_of(data, account), binaries(account)
            former = holding.former.sockets if holding.former else ""
            sockets = _socket_folder(account)
            holding.tell(sockets, ready=False)
            order = Order(data, account, place, programs, sockets, former)
        except BaseException:
            holding.release()
            raise
        return cls(order, holding)

    async def run(self) -> None:
        """Start the processes and wait until they answer; ``start`` does this for you."""
        self._watchdog = spawn(self._order)
        self._postmaster = await asyncio.to_thread(await_ready, self._watchdog, self._order.place)
        await _ensure_database(self._order.sockets)
        self._holding.tell(self._order.sockets, ready=True)


@asynccontextmanager
async def embedded(data: Path) -> AsyncIterator[EmbeddedServer]:
    """Run a server on ``data`` for the length of the block."""
    server = await EmbeddedServer.start(data)
    try:
        yield server
    finally:
        await asyncio.shield(server.stop())


@asynccontextmanager
async def attach(data: Path) -> AsyncIterator[str]:
    """Give the DSN of the server on ``data``: the running one, or one of our own for the block's length."""
    deadline = asyncio.get_running_loop().time() + _STARTING_SECONDS
    while holder := await asyncio.to_thread(holder_of, data):
        if holder.ready:
            yield dsn(Path(holder.sockets))
            return
        if asyncio.get_running_loop().time() > deadline:
            raise StorageError(
                "SERVER_STARTING",
                f"process {holder.pid} has been starting the database in {data} for a minute",
                hint="look at what that process prints",
            )
        await asyncio.sleep(0.05)
    async with embedded(data) as server:
        yield server.dsn


def remove(data: Path) -> None:
    """Remove the database of ``data`` for ever, wherever it lies; raises StorageError while it runs."""
    Holding.take(data.resolve()).release()
    remove_place(data.resolve())


def dsn(sockets: Path, *, database: str = DATABASE) -> str:
    """Return the address of a database behind the socket in ``sockets``."""
    return f"postgresql://postgres@/{database}?host={quote(str(sockets), safe='/')}"


def _socket_folder(account: Account | None) -> Path:
    # A socket's path is short by force, so it cannot lie below a project folder.
    short = Path("/tmp")  # noqa: S108 - mkdtemp makes it ours alone
    parent = short if short.is_dir() else Path(tempfile.gettempdir())
    folder = Path(tempfile.mkdtemp(prefix="oms-", dir=parent))
    if len(os.fsencode(folder / _SOCKET_NAME)) > _SOCKET_PATH_LIMIT:
        folder.rmdir()
        raise StorageError(
            "SOCKET_PATH_LONG", f"{folder} is too long for a socket", hint="set TMPDIR to a short path"
        )
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    return folder


async def _ensure_database(sockets: Path) -> None:
    connection = await asyncpg.connect(dsn(sockets, database="postgres"))
    try:
        if not await connection.fetchval("select true from pg_database where datname = $1", DATABASE):
            await connection.execute(f"create database {DATABASE}")
    finally:
        await connection.close()
