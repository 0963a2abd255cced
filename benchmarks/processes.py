"""Servers as processes of their own: started on a free port, waited for, measured, stopped."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

import httpx
import psutil

_PATIENCE = 60.0
_STOPPING = 30.0


def free_port() -> int:
    """Return a port of this machine that nobody listens on, below those that the system hands out."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Server:
    """A child process that listens on ``port``.

    It is ready when ``ready_path`` is answered, by ``ready_status`` if that is given; without a path, when
    the port takes connections.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        port: int,
        log: Path,
        ready_path: str | None = "/readyz",
        ready_status: int | None = 200,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._command = command
        self._ready_path = ready_path
        self._ready_status = ready_status
        self._log = log
        self._env = {**os.environ, **(env or {})}
        self.port = port

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    async def __aenter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self._env
            )
        try:
            await self._until_ready()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    def cpu_seconds(self) -> float:
        """Return user and system time of the process so far."""
        return cpu_seconds([psutil.Process(self.pid)])

    def resident_bytes(self) -> int:
        """Return the memory that the process holds now."""
        return int(psutil.Process(self.pid).memory_info().rss)

    async def _until_ready(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        async with httpx.AsyncClient() as http:
            while time.monotonic() < deadline and self._process.poll() is None:
                if await self._is_ready(http):
                    return
                await asyncio.sleep(0.05)
        tail = "\n".join(self._log.read_text(errors="replace").splitlines()[-15:])
        raise RuntimeError(f"{' '.join(self._command)} did not get ready:\n{tail}")

    async def _is_ready(self, http: httpx.AsyncClient) -> bool:
        try:
            if self._ready_path is None:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return True
            answer = await http.get(self.url + self._ready_path)
        except (OSError, httpx.TransportError):
            return False
        return self._ready_status in (None, answer.status_code)

    async def _stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(self._process.wait, _STOPPING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """Return user and system time of the processes and of their children that have ended."""
    return sum(_cpu_seconds(process) for process in processes)


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # ended since it was listed: its parent has its times now
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)
