"""``oms demo`` as a person runs it: the printed commands work, and Ctrl-C leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from harbor_table.server_process import free_ports

OMS = [sys.executable, "-m", "oms_core.cli.main"]
READY = "Ctrl-C drains and stops everything."


class Demo:
    """A running ``oms demo`` and what it printed."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path, ports: list[int]) -> None:
        self.process = process
        self.folder = folder
        self.ports = ports
        self.printed: list[str] = []

    async def until(self, wanted: str) -> str:
        """Read until a line matches; the test's own time limit ends a wait in vain."""
        assert self.process.stdout is not None
        async for raw in self.process.stdout:
            line = raw.decode().rstrip("\n")
            self.printed.append(line)
            if re.search(wanted, line):
                return line
        raise AssertionError(f"it ended before {wanted!r}:\n" + "\n".join(self.printed))

    @property
    def commands(self) -> list[str]:
        """The commands to try, as they were printed."""
        start = self.printed.index("Try, in another terminal:") + 1
        return [line.strip() for line in self.printed[start : self.printed.index("", start)]]

    async def run(self, command: str) -> bytes:
        """Run a printed command in a shell, in the folder where the demo was started."""
        shell = await asyncio.create_subprocess_shell(command, cwd=self.folder, stdout=subprocess.PIPE)
        out, _ = await shell.communicate()
        assert shell.returncode == 0
        return out


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[Demo]:
    http_port, grpc_port = ports = free_ports(2)
    flags = ["--http-port", str(http_port), "--grpc-port", str(grpc_port), "--seed", "1"]
    process = await asyncio.create_subprocess_exec(
        *OMS, "demo", *flags, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield Demo(process, folder, ports)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.communicate()


async def test_the_printed_commands_work_and_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    async with demo(tmp_path) as running:
        await running.until(READY)
        orders, menu, place = running.commands

        assert json.loads(await running.run(orders)).keys() <= {"orders", "nextPageToken"}
        assert len(json.loads(await running.run(menu))["items"]) >= 10
        placed = json.loads(await running.run(place))
        assert placed["state"] == "ORDER_STATE_ACCEPTED"
        # The cooks and the counter serve it like any other order.
        await running.until(f"COMPLETED .* {placed['orderId']}")

        family = psutil.Process(running.process.pid).children(recursive=True)
        assert len(family) > 2, "the server and its database"
        began = time.monotonic()
        running.process.send_signal(signal.SIGINT)
        await running.process.communicate()
        assert running.process.returncode == 0
        await asyncio.to_thread(psutil.wait_procs, family, timeout=10 - (time.monotonic() - began))
        assert [process for process in family if process.is_running()] == []
        assert time.monotonic() - began < 10
        assert [port for port in running.ports if is_taken(port)] == []
        assert sockets_below(tmp_path) == []


async def test_killed_it_takes_the_server_along(tmp_path: Path) -> None:
    async with demo(tmp_path) as running:
        await running.until(READY)
        family = psutil.Process(running.process.pid).children(recursive=True)
        running.process.kill()
        _, alive = await asyncio.to_thread(psutil.wait_procs, family, timeout=20)
        assert not alive


async def test_a_second_start_goes_on_with_the_same_chain(tmp_path: Path) -> None:
    chains, shown = [], []
    for _ in range(2):
        async with demo(tmp_path) as running:
            await running.until(READY)
            chains.append((tmp_path / ".oms" / "harbor_table.chain").read_text())
            shown.append(json.loads(await running.run(running.commands[1])))
    assert chains[0] == chains[1]
    assert shown[0] == shown[1]


async def test_an_interrupt_while_it_starts_leaves_nothing(tmp_path: Path) -> None:
    async with demo(tmp_path) as running:
        await running.until("Starting the server")
        running.process.send_signal(signal.SIGINT)
        family = psutil.Process(running.process.pid).children(recursive=True)
        await asyncio.wait_for(running.process.communicate(), 10)
        assert running.process.returncode == 0
        assert [process for process in family if process.is_running()] == []


async def test_a_busy_port_is_told_with_the_servers_own_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        (port,) = free_ports(1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        flags = ["--http-port", str(port), "--grpc-port", str(free_ports(1)[0])]
        ended = await asyncio.to_thread(
            subprocess.run, [*OMS, "demo", *flags], cwd=tmp_path, capture_output=True, text=True, check=False
        )
    assert ended.returncode == 1
    assert str(port) in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "flags", [["--kills", "1"], ["--json"], ["--orders", "2", "--kills", "2"], ["--orders", "0"]]
)
def test_flags_that_make_no_sense_together_are_refused(flags: list[str], tmp_path: Path) -> None:
    ended = subprocess.run([*OMS, "demo", *flags], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "--" in ended.stderr


def sockets_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_socket()]


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
