"""The server as the operating system sees it: started, killed, stopped."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import signal
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from importlib.resources import files
from pathlib import Path

import httpx

from oms_core.errors import OmsError

_PORTS = range(20_000, 32_000)
_READY_SECONDS = 60.0
_STOP_SECONDS = 30.0


class ServerFailed(OmsError):
    """The server ended by itself, or never became ready."""


def free_ports(count: int) -> list[int]:
    """Return ports of 127.0.0.1 that nobody listens on now, below those the system gives to clients."""
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise ServerFailed("NO_FREE_PORT", "no port is free from 20000 to 32000", hint="end what listens there")


def write_bundles(data: Path, http_port: int, grpc_port: int) -> Path:
    """Return the settings of the chain in three processes, the first of them on these ports."""
    text = files("harbor_table").joinpath("split.toml").read_text(encoding="utf-8")
    wanted = {"8080": http_port, "9090": grpc_port}
    others = dict(zip(("8081", "9091", "8082", "9092"), free_ports(4), strict=True))
    text = re.sub(r"(?<=port = )\d+", lambda found: str((wanted | others)[found[0]]), text)
    path = data / "split.toml"
    path.write_text(text, encoding="utf-8")
    return path


class ServerProcess:
    """``oms run`` as a child. Its output goes to ``server.log`` in the data folder.

    ``config`` is its settings file; None: what ``oms run`` takes by itself. ``split``: as three processes, of
    which the first takes the two ports.
    """

    def __init__(
        self,
        data: Path,
        http_port: int,
        grpc_port: int,
        *,
        config: Path | None = None,
        split: bool = False,
    ) -> None:
        self._data = data
        self._split = split
        self._config = config
        self.http_port = http_port
        self.grpc_port = grpc_port
        self._process: Process | None = None
        self._stopping: Process | None = None

    @property
    def url(self) -> str:
        """Where REST is."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def log(self) -> Path:
        """What the server printed, over all its starts."""
        return self._data / "server.log"

    @property
    def pid(self) -> int:
        """The running server's process id."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start and wait until ready; raises ServerFailed with the end of the log."""
        self._data.mkdir(parents=True, exist_ok=True)
        ports = ["--http-port", str(self.http_port), "--grpc-port", str(self.grpc_port)]
        if self._split:
            self._config, ports = write_bundles(self._data, self.http_port, self.grpc_port), ["--split"]
        command = [
            sys.executable,
            "-m",
            "oms_core.cli.main",
            "run",
            "--data",
            str(self._data),
            *ports,
            "--with-parent",
            *(["--config", str(self._config)] if self._config else []),
        ]
        with self.log.open("ab") as log:
            # A process group of its own: Ctrl-C in the terminal is for us, and we stop the server. The pipe
            # on its standard input ends with us, however we end, and the server with it.
            self._process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=log, stderr=log, process_group=0
            )
        try:
            await self._await_ready(self._process)
        except BaseException:
            await asyncio.shield(self.stop())
            raise

    async def watch(self) -> None:
        """Wait until the server ends by itself; raises ServerFailed then."""
        assert self._process is not None
        code = await self._process.wait()
        raise self._failed(f"the server ended with exit code {code}")

    async def kill(self) -> None:
        """Kill -9, and wait for the end."""
        if process := self._process:
            process.kill()
            await process.wait()

    async def stop(self) -> None:
        """Ask the server to drain, and wait for its end; killed when it takes longer than half a minute."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        self._stopping = process
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    def hurry(self) -> None:
        """End a server that is still draining; harmless otherwise."""
        if self._stopping is not None and self._stopping.returncode is None:
            self._stopping.kill()

    async def _await_ready(self, process: Process) -> None:
        until = time.monotonic() + _READY_SECONDS
        async with httpx.AsyncClient(base_url=self.url) as http:
            while time.monotonic() < until:
                if process.returncode is not None:
                    raise self._failed(f"the server ended with exit code {process.returncode}")
                with contextlib.suppress(httpx.TransportError):
                    if (await http.get("/readyz")).is_success:
                        return
                await asyncio.sleep(0.05)
        raise self._failed(f"the server was not ready within {_READY_SECONDS:.0f} s")

    def _failed(self, what: str) -> ServerFailed:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:]
        tail = "\n".join(f"    {line}" for line in lines)
        return ServerFailed("SERVER_FAILED", f"{what}; it said:\n{tail}", hint=f"the whole log is {self.log}")
