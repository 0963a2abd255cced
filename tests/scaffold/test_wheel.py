"""Who installs oms-core from its wheel has the templates, and the commands that are printed work."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from oms_core.testing.ports import free_ports
from tests.repository.documents import ROOT
from tests.scaffold.new_plugin import OMS, Fresh, python

pytestmark = pytest.mark.timeout(300)


def test_the_wheel_of_the_core_holds_the_templates(tmp_path: Path) -> None:
    offline = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")
    done = python("-m", "pip", "wheel", *offline, "--wheel-dir", ".", str(ROOT), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("oms_core-*.whl")
    site = tmp_path / "site"
    with ZipFile(wheel) as archive:
        archive.extractall(site)
    source = ROOT / "templates"
    wanted = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    inside = site / "oms_core" / "scaffold" / "templates"
    assert {path.relative_to(inside) for path in inside.rglob("*") if path.is_file()} == wanted
    # Now the core is this one, not the checkout beside it.
    command = ("new", "plugin", "stamps", "--yes", "--no-test")
    done = python(*OMS, *command, folder=tmp_path, environ={"PYTHONPATH": str(site)})
    assert done.returncode == 0, done.stdout + done.stderr
    found = "from oms_core.scaffold import Template; print(Template.find('plugin').folder)"
    done = python("-c", found, folder=tmp_path, environ={"PYTHONPATH": str(site)})
    assert Path(done.stdout.strip()) == inside / "plugin"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Python of a fresh environment that also sees what is installed here: to install into, and to forget."""
    folder = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "here.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    oms = folder / "bin" / "oms"
    oms.write_text(f"#!{folder}/bin/python\nfrom oms_core.cli.main import main\nmain()\n")
    oms.chmod(0o755)
    return folder / "bin"


def test_the_commands_that_are_printed_work(fresh: Fresh, elsewhere: Path, tmp_path: Path) -> None:
    _, _, following = fresh.said.partition("Next:\n")
    install, inspect, run = (shlex.split(line, comments=True) for line in following.splitlines())
    environ = {"PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1", "PIP_QUIET": "2", "PATH": str(elsewhere)}
    for command in (install, inspect):
        done = subprocess.run(
            [str(elsewhere / command[0]), *command[1:]],
            cwd=fresh.project.parent,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert "stamps.stamps.create" in done.stdout
    with serving(elsewhere, run, folder=tmp_path) as url:
        # Nobody said who asks: the route is there, and guarded.
        assert httpx.get(f"{url}/v1/stamps/stamp_1").status_code == 401


@contextmanager
def serving(elsewhere: Path, command: Sequence[str], *, folder: Path) -> Iterator[str]:
    """Run a command that serves until the block ends; gives the address of its REST routes."""
    http, grpc = free_ports(2)
    environ = {
        **os.environ,
        "OMS_SERVER_HTTP_PORT": str(http),
        "OMS_SERVER_GRPC_PORT": str(grpc),
        "OMS_DATA": str(folder / "data"),
    }
    log = folder / "log.txt"
    with log.open("w") as output:
        server = subprocess.Popen(
            [str(elsewhere / command[0]), *command[1:]], cwd=folder, env=environ, stdout=output, stderr=output
        )
    try:
        deadline = time.monotonic() + 90
        while not _ready(f"http://127.0.0.1:{http}/readyz"):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{http}"
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0, log.read_text()


def _ready(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False
