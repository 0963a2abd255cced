"""A network that misbehaves when it is told to: TCP, or a socket in a folder, to another one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Open = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class Proxy:
    """Carries bytes between whoever comes and whatever ``reach`` opens."""

    def __init__(self, reach: Open) -> None:
        self._reach = reach
        self._writers: set[asyncio.StreamWriter] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._latency = 0.0
        self._at_once = 65536
        self.tasks: set[asyncio.Task[None]] = set()

    def cut(self) -> None:
        """Reset every connection."""
        for writer in list(self._writers):
            writer.transport.abort()

    def half_close(self) -> None:
        """End one direction of every second connection."""
        for writer in list(self._writers)[::2]:
            if writer.can_write_eof() and not writer.is_closing():
                writer.write_eof()

    def hold(self) -> None:
        """Swallow everything from now on and close nothing: a black hole."""
        self._flowing.clear()

    def slow_down(self, *, latency: float, bytes_at_once: int = 65536) -> None:
        """Carry so many bytes at once, each time ``latency`` seconds late."""
        self._latency, self._at_once = latency, bytes_at_once

    def flow(self) -> None:
        """Be a good network again."""
        self._latency, self._at_once = 0.0, 65536
        self._flowing.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            there, back = await self._reach()
            self._writers |= {writer, back}
            pumps = [
                asyncio.create_task(self._pump(reader, back)),
                asyncio.create_task(self._pump(there, writer)),
            ]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
                self._writers -= {writer, back}
                back.transport.abort()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            self.tasks.discard(task)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(self._at_once):
            await self._flowing.wait()
            if self._latency:
                await asyncio.sleep(self._latency)
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def tcp(port: int, target: int) -> AsyncIterator[Proxy]:
    """Stand at ``port`` of this machine before ``target``."""
    one = Proxy(lambda: asyncio.open_connection("127.0.0.1", target))
    server = await asyncio.start_server(one.carry, "127.0.0.1", port)
    async with _serving(one, server):
        yield one


@asynccontextmanager
async def unix(path: str, target: str) -> AsyncIterator[Proxy]:
    """Stand at the socket ``path`` before the one at ``target``."""
    one = Proxy(lambda: asyncio.open_unix_connection(target))
    server = await asyncio.start_unix_server(one.carry, path)
    async with _serving(one, server):
        yield one


@asynccontextmanager
async def _serving(one: Proxy, server: asyncio.Server) -> AsyncIterator[None]:
    try:
        yield
    finally:
        server.close()
        for task in list(one.tasks):
            task.cancel()
