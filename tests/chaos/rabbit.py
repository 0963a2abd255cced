"""A RabbitMQ node of the campaign's own, which may be killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from oms_core.testing.ports import free_ports

SCRIPTS = next(iter(sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin"))), None)
"""The scripts themselves; those on the PATH want to become another user."""
START_SECONDS = 90.0
WITH_PARENT = ("sh", "-c", '"$0" & read -r nothing; kill -s KILL -- -$$')
"""Runs a program until standard input ends, and then takes all of its processes along."""


class Node:
    """A broker node on a folder; ``port`` is AMQP's."""

    def __init__(self, folder: Path) -> None:
        self.port, self._dist = free_ports(2)
        self.recoveries: list[float] = []
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._environ = {
            **os.environ,
            "RABBITMQ_NODENAME": f"chaos{self.port}@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._dist),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "HOME": str(folder),
            "ERL_EPMD_PORT": "4369",
        }

    async def start(self) -> None:
        """Start the node and wait until it takes connections; raises AssertionError."""
        assert SCRIPTS is not None, (
            "there is no rabbitmq-server on this machine: apt-get install rabbitmq-server"
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "plugins").write_text("[].\n")
        (self._folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.default = 127.0.0.1:{self.port}\nloopback_users = none\n"
        )
        log = (self._folder / "out").open("ab")
        with log:
            self._process = await asyncio.create_subprocess_exec(
                *WITH_PARENT,
                str(SCRIPTS / "rabbitmq-server"),
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=self._environ,
                start_new_session=True,
            )
        await self.answers()

    async def answers(self) -> None:
        """Wait until the node speaks AMQP."""
        began = time.monotonic()
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(b"AMQP\x00\x00\x09\x01")
                with contextlib.suppress(TimeoutError, OSError):
                    spoken = await asyncio.wait_for(reader.read(1), 2)
                    writer.close()
                    if spoken:
                        return
                writer.close()
            if time.monotonic() - began > START_SECONDS:
                raise AssertionError(f"RabbitMQ does not answer: see {self._folder}/out")
            await asyncio.sleep(0.1)

    async def kill(self) -> None:
        """End the node without a word, with all of its processes."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()

    async def control(self, *words: str) -> None:
        """Run ``rabbitmqctl``."""
        assert SCRIPTS is not None
        process = await asyncio.create_subprocess_exec(
            str(SCRIPTS / "rabbitmqctl"),
            *words,
            env=self._environ,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await process.wait()


@asynccontextmanager
async def node(folder: Path) -> AsyncIterator[Node]:
    """Run a node until the block ends; nothing is left of it."""
    one = Node(folder)
    try:
        await one.start()
        yield one
    finally:
        if one._process is not None:
            await one.kill()
        shutil.rmtree(folder, ignore_errors=True)
