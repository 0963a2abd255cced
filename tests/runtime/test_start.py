"""Starting, stopping and refusing to start, as an operator sees it."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil
import pytest

from oms_core.storage import remove
from oms_core.testing.ports import free_ports
from tests.runtime.waiting import until


class Running:
    """An ``oms run`` of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.http, self.grpc = free_ports(2)
        self.log = (data.parent / f"{data.name}-{self.http}.log").open("w+b")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "oms_core.cli.main", "run", *self.flags],
            stdout=self.log,
            stderr=self.log,
            cwd=data.parent,
        )

    @property
    def flags(self) -> list[str]:
        return ["--data", str(self.data), "--http-port", str(self.http), "--grpc-port", str(self.grpc)]

    def ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(self.output())
        try:
            return httpx.get(f"http://127.0.0.1:{self.http}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def output(self) -> str:
        self.log.seek(0)
        return self.log.read().decode()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(20)
        self.log.close()


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path) -> Iterator[None]:
    """As root the databases lie outside of the private test folder; they go too."""
    yield
    for data in (tmp_path / "data", tmp_path / "private" / "data", tmp_path / ".oms"):
        if data.exists():
            remove(data)


def start(runs: ExitStack, data: Path) -> Running:
    running = Running(data)
    runs.callback(running.close)
    return running


def oms(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "oms_core.cli.main", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


def everything_below(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; a zombie is dead and waits for an init that may not care."""

    def runs(process: psutil.Process) -> bool:
        try:
            return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return [process for process in processes if runs(process)]


def test_an_interrupt_drains_and_leaves_nothing_behind(runs: ExitStack, tmp_path: Path) -> None:
    running = start(runs, tmp_path / "data")
    until(running.ready)
    below = everything_below(running.process.pid)
    assert any("postgres" in process.name() for process in below)
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(20) == 0
    assert not alive(below)
    assert "stopped" in running.output()
    for port in (running.http, running.grpc):
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1):
            pass


@pytest.mark.parametrize("made", ["postgres.lock", "postgres.watchdog.lock"])
def test_told_to_end_while_it_starts_it_gives_up_the_start(
    runs: ExitStack, tmp_path: Path, made: str
) -> None:
    running = start(runs, tmp_path / "data")
    until((tmp_path / "data" / made).exists)
    below = everything_below(running.process.pid)
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(20) == 0, running.output()
    assert "serves" not in running.output()
    assert "Traceback" not in running.output()
    assert not alive(below)


def test_killed_and_started_again_it_has_its_data(runs: ExitStack, tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = start(runs, data)
    until(first.ready)
    key, value = "once", {"name": "Kept"}
    token = oms("token", "create", "--data", str(data), "--role", "operator", "--node", "*", cwd=tmp_path)
    headers = {"Authorization": f"Bearer {token.stdout.strip()}", "Idempotency-Key": key}
    made = httpx.post(f"http://127.0.0.1:{first.http}/v1/chains", json=value, headers=headers)
    assert made.status_code == 200, made.text
    below = everything_below(first.process.pid)
    first.process.kill()
    first.process.wait(20)
    second = start(runs, data)
    until(second.ready)
    again = httpx.post(f"http://127.0.0.1:{second.http}/v1/chains", json=value, headers=headers)
    assert again.json() == made.json()
    assert not alive(below)


def test_two_on_one_data_folder_is_refused_in_words(runs: ExitStack, tmp_path: Path) -> None:
    first = start(runs, tmp_path / "data")
    until(first.ready)
    second = start(runs, tmp_path / "data")
    assert second.process.wait(30) == 1
    output = second.output()
    assert str(tmp_path / "data") in output
    assert str(first.process.pid) in output
    assert "Traceback" not in output


@pytest.mark.parametrize("which", ["http", "grpc"])
def test_a_busy_port_is_named_and_the_database_stopped(runs: ExitStack, tmp_path: Path, which: str) -> None:
    with socket.socket() as taken:
        (port,) = free_ports(1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        flags = {"http": free_ports(1)[0], "grpc": free_ports(1)[0]} | {which: port}
        done = oms(
            *("run", "--data", str(tmp_path / "data")),
            *("--http-port", str(flags["http"]), "--grpc-port", str(flags["grpc"])),
            cwd=tmp_path,
        )
    assert done.returncode == 1
    assert "PORT_BUSY" in done.stderr
    assert str(port) in done.stderr
    assert "Traceback" not in done.stderr


def test_no_permission_of_a_parent_folder_changes(runs: ExitStack, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    modes = {folder: folder.stat().st_mode for folder in (private, *private.parents)}
    running = start(runs, private / "data")
    until(running.ready)
    assert {folder: folder.stat().st_mode for folder in modes} == modes
    assert stat.S_IMODE((private / "data" / "keys").stat().st_mode) == 0o700


def test_plugins_stand_in_line(tmp_path: Path) -> None:
    done = oms("plugins", "list", "--json", cwd=tmp_path)
    names = [row["name"] for row in json.loads(done.stdout)]
    assert names.index("identity") < names.index("menu") < names.index("orders")


@pytest.mark.parametrize(
    ("toml", "code", "named"),
    [
        ("plugins = ['mneu']", "PLUGIN_UNKNOWN", "'menu'"),
        ("plugins = ['menu']", "PLUGIN_MISSING", "'identity'"),
        ("plugins = []", "DIRECTORY", "directory"),
        ("[server]\ndrain_seconds = 'long'", "CONFIG_INVALID", "drain_seconds"),
        ("[settings.orders]\nquote = 1", "CONFIG_INVALID", "quote"),
        ("[settings.nobody]\nx = 1", "CONFIG_INVALID", "nobody"),
        ("[database]\nurl = 'postgresql://nobody@127.0.0.1:1/none'", "DATABASE_UNREACHABLE", "127.0.0.1:1"),
    ],
)
def test_what_keeps_it_from_starting_is_said_in_words(
    tmp_path: Path, toml: str, code: str, named: str
) -> None:
    (tmp_path / "oms.toml").write_text(toml)
    http, grpc = free_ports(2)
    done = oms("run", "--http-port", str(http), "--grpc-port", str(grpc), cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert f"[{code}]" in done.stderr
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert os.linesep + "  → " in done.stderr
