"""From the command to readiness, with few plugins and with many; and the time that help takes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.figures import Figure, absolute
from benchmarks.many_plugins import make_plugins, pythonpath
from benchmarks.processes import Server
from benchmarks.settings import Settings
from benchmarks.stage import database_server, oms_run

FEW = ("identity", "menu", "orders", "kitchen")
MANY = 50
_BARE = "import importlib.metadata, click; importlib.metadata.entry_points(group='oms.plugins')"


async def run(settings: Settings) -> Sequence[Figure]:
    """Start on a warm database, in turns; then ask for help, in turns with what it cannot do without."""
    rounds = settings.pick(7, 3)
    installed = settings.work / "many"
    installed.mkdir()
    names = [*FEW, *make_plugins(installed, MANY - len(FEW))]
    environ = pythonpath(installed)
    few: list[float] = []
    many: list[float] = []
    async with database_server(settings.work / "start" / "database") as server:
        data = settings.work / "start"
        for number in range(rounds + 1):
            settings.say(f"start: round {number} of {rounds}")
            for times, plugins in ((few, FEW), (many, names)):
                program = oms_run(
                    server.dsn, data=data, log=data / "run.log", plugins=",".join(plugins), environ=environ
                )
                times.append(await _until_ready(program))
    settings.say("start: help")
    ours, bare = _help(settings.pick(15, 5), environ)
    return [
        # The first start of each migrates.
        Figure(
            name="start to ready, 4 plugins",
            unit="s",
            ours=statistics.median(few[1:]),
            budget=absolute(at_most=2.5),
        ),
        Figure(
            name=f"start to ready, {MANY} plugins",
            unit="s",
            ours=statistics.median(many[1:]),
            baseline=statistics.median(few[1:]),
            note="the baseline has 4 plugins",
        ),
        Figure(
            name=f"oms --help, {MANY} plugins installed",
            unit="s",
            ours=ours,
            baseline=bare,
            budget=absolute(at_most=0.3),
            note="the baseline imports click and lists the entry points",
        ),
    ]


async def _until_ready(program: Server) -> float:
    started = time.perf_counter()
    async with program:
        return time.perf_counter() - started


def _help(rounds: int, environ: Mapping[str, str]) -> tuple[float, float]:
    command = str(Path(sys.executable).with_name("oms"))
    ours = [_seconds([command, "--help"], environ) for _ in range(rounds)]
    bare = [_seconds([sys.executable, "-c", _BARE], environ) for _ in range(rounds)]
    return statistics.median(ours), statistics.median(bare)


def _seconds(command: Sequence[str], environ: Mapping[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started
