"""``oms run`` with plugins in several processes, as an operator sees it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from oms_core.storage import remove
from oms_core.testing.ports import free_ports
from tests.runtime.waiting import until

OMS = [sys.executable, "-m", "oms_core.cli.main"]


class Site:
    """A folder with an ``oms.toml`` of two bundles, and what runs there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.http, self.grpc, self.back_http, self.back_grpc = free_ports(4)
        self.running: list[subprocess.Popen[bytes]] = []
        self.write(
            f"""
            [bundles.front]
            serve = ["menu", "orders"]
            http_port = {self.http}
            grpc_port = {self.grpc}

            [bundles.back]
            serve = ["identity", "kitchen"]
            http_port = {self.back_http}
            grpc_port = {self.back_grpc}
            """
        )

    def write(self, toml: str) -> None:
        (self.folder / "oms.toml").write_text("\n".join(line.strip() for line in toml.splitlines()))

    def oms(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*OMS, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=60, check=False
        )

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"log-{len(self.running)}").open("wb")
        with log:
            process = subprocess.Popen(
                [*OMS, "run", *arguments],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                env={**os.environ, **environ},
            )
        self.running.append(process)
        return process

    def log(self, number: int = 0) -> str:
        return (self.folder / f"log-{number}").read_text()

    def close(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.running:
            process.wait(40)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    one = Site(tmp_path)
    yield one
    one.close()
    if (tmp_path / ".oms").exists():
        remove(tmp_path / ".oms")


def get(port: int, path: str) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
    except OSError:
        return 0, {}


def ready(port: int) -> bool:
    return get(port, "/readyz")[0] == 200


def test_split_starts_every_bundle_and_takes_all_along_when_it_ends(site: Site) -> None:
    process = site.start("--split")
    until(lambda: ready(site.http) and ready(site.back_http))
    children = psutil.Process(process.pid).children(recursive=True)
    assert "back: identity, kitchen" in site.log()
    # A route of the other bundle is answered here as well; who may call is asked there.
    assert get(site.http, "/v1/tickets?location_id=loc_1")[1]["code"] == "TOKEN_MISSING"
    assert (
        get(site.http, "/openapi.json")[1]["paths"].keys()
        == get(site.back_http, "/openapi.json")[1]["paths"].keys()
    )
    process.send_signal(signal.SIGINT)
    assert process.wait(40) == 0
    assert site.log().count("draining …") == 2
    assert not [one for one in children if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def test_a_bundle_that_is_killed_starts_again_and_the_others_go_on(site: Site) -> None:
    process = site.start("--split")
    until(lambda: ready(site.http) and ready(site.back_http))
    (back,) = [
        one
        for one in psutil.Process(process.pid).children()
        if "--bundle" in one.cmdline() and "back" in one.cmdline()
    ]
    back.kill()
    until(lambda: get(site.back_http, "/healthz")[0] == 0)
    assert ready(site.http)  # it was there once; what needs it says so itself
    until(lambda: ready(site.back_http))
    until(lambda: "degraded" not in get(site.http, "/readyz")[1])
    assert "ended with exit code -9; starts again" in site.log()


def test_a_start_waits_for_no_neighbour_and_readiness_says_for_whom_it_does(site: Site) -> None:
    site.start("--bundle", "front")
    until(lambda: get(site.http, "/healthz")[0] == 200)
    status, content = get(site.http, "/readyz")
    assert (status, content["status"], list(content["missing"])) == (503, "unready", ["identity"])
    until(lambda: "UNAVAILABLE" in get(site.http, "/readyz")[1]["missing"]["identity"])
    assert f"127.0.0.1:{site.back_grpc}" in get(site.http, "/readyz")[1]["missing"]["identity"]
    # Nobody here needs the kitchen: that it is away is shown, and keeps nothing back.
    assert get(site.http, "/readyz")[1]["degraded"]["plugin kitchen"]["code"] == "PLUGIN_UNREACHABLE"


def test_workers_share_the_ports_and_nobody_else_does(site: Site) -> None:
    site.write("plugins = ['identity', 'menu', 'orders', 'kitchen']")
    ports = ["--http-port", str(site.http), "--grpc-port", str(site.grpc)]
    process = site.start("--workers", "2", *ports)
    until(lambda: site.log().count("OMS serves") == 2)
    assert ready(site.http)
    other = site.oms("run", "--data", "other", *ports)
    assert (other.returncode, "PORT_BUSY" in other.stderr) == (1, True)
    remove(site.folder / "other")
    process.send_signal(signal.SIGTERM)
    assert process.wait(40) == 0


@pytest.mark.parametrize(
    ("toml", "arguments", "said"),
    [
        ("", ["--bundle", "frnt"], "[BUNDLE_UNKNOWN] --bundle: there is no bundle 'frnt'"),
        ("[bundles.front]\nserve=['menu']", ["--bundle", "frnt"], "did you mean 'front'?"),
        (
            "[bundles.a]\nserve=['menu']\n[bundles.b]\nserve=['identity']",
            ["--bundle", "a"],
            "[BUNDLE_PORTS] bundles 'a' and 'b' would both take gRPC on port 9090",
        ),
        (
            "[bundles.a]\nserve=['identity']\ndatabase_url='postgresql://db/a'",
            ["--bundle", "a"],
            "[BROKER_NEEDED] bundle 'a' has a database of its own",
        ),
        (
            "[bundles.a]\nserve=['menu']",
            ["--bundle", "a"],
            "plugin 'menu' requires 'identity'",
        ),
        ("", ["--only", "menu", "--remote", "kitchen=127.0.0.1:1"], "[PLUGIN_UNPLACED] plugin 'menu'"),
        ("", ["--only", "menu", "--remote", "identity"], "write  --remote people=127.0.0.1:9190"),
        ("", ["--only", " , "], "--only names no plugin"),
        ("", ["--remote", "menu=127.0.0.1:1"], "add --only or --bundle"),
        ("", ["--split"], "--split needs bundles"),
        ("[bundles.a]\nserve=['menu']", ["--split", "--workers", "2"], "say it alone"),
        (
            "[bundles.a]\nserve=['identity']\n[remotes.stamps]\naddress=['h:1']\nmanifest='none.json'",
            ["--bundle", "a"],
            "remotes.stamps: its manifest none.json cannot be read",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_placed_is_refused_by_name(
    site: Site, toml: str, arguments: list[str], said: str
) -> None:
    site.write(toml)
    done = site.oms("run", *arguments)
    assert done.returncode in {1, 2}
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (site.folder / ".oms").exists()
