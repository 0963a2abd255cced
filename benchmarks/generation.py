"""Hundreds of messages: the time that their code takes to be made, and to be imported."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.load import Failed
from benchmarks.other_generators import BETTERPROTO2, OTHERS, OURS, generate_with
from benchmarks.settings import Settings

PACKAGES, MESSAGES = 6, 50
"""So many proto packages, with so many messages each."""

_MESSAGE = """
message Thing{n} {{
  enum Kind {{ KIND_UNSPECIFIED = 0; KIND_ONE = 1; KIND_TWO = 2; }}
  message Part {{ string name = 1; int64 amount = 2; repeated string tags = 3; }}
  string id = 1;
  Kind kind = 2;
  repeated Part parts = 3;
  map<string, Part> by_name = 4;
  oneof way {{ string pickup = 5; Part delivery = 6; }}
  optional int32 count = 7;
  bool done = 8;
  double weight = 9;
  bytes raw = 10;
  {before}
}}
"""


_IMPORT = """
import importlib, time
began = time.perf_counter()
for name in {modules!r}:
    importlib.import_module(name)
print(time.perf_counter() - began)
"""


async def run(settings: Settings) -> Sequence[Figure]:
    """Generate and import with each in turns, and compare the medians."""
    folder = settings.work / "generation"
    names = _write(folder / "protos")
    rounds = settings.pick(7, 3)
    made: dict[str, list[float]] = {}
    imported: dict[str, list[float]] = {}
    for number in range(rounds):
        settings.say(f"generation: round {number + 1} of {rounds}")
        for who in (OURS, *OTHERS):
            target = folder / f"{who.replace(' ', '_')}_{number}"
            made.setdefault(who, []).append(_make(who, names, target))
            imported.setdefault(who, []).append(_import(target))
    count = PACKAGES * MESSAGES * 2
    return [
        Figure(
            name=f"{what} {count} messages, ours ÷ {other}",
            unit="s",
            ours=statistics.median(times[OURS]),
            baseline=statistics.median(times[other]),
        )
        for what, times in (("generating", made), ("importing", imported))
        for other in OTHERS
    ]


def _write(folder: Path) -> list[str]:
    names = []
    for number in range(PACKAGES):
        name = f"sample/p{number}/v1/things.proto"
        body = "".join(
            _MESSAGE.format(n=n, before=f"Thing{n - 1} before = 11;" if n else "") for n in range(MESSAGES)
        )
        file = folder / name
        file.parent.mkdir(parents=True)
        file.write_text(f'syntax = "proto3";\npackage sample.p{number}.v1;\n{body}')
        names.append(name)
    return names


def _make(who: str, names: Sequence[str], target: Path) -> float:
    """Generate, and return the seconds that it took."""
    options = "sample=sample_protos,targets=messages" if who == OURS else ""
    began = time.perf_counter()
    # betterproto2's code is one package with everything in it.
    place = target / "stock" if who == BETTERPROTO2 else target
    generate_with(who, names, place, includes=(target.parent / "protos",), options=options)
    return time.perf_counter() - began


def _import(target: Path) -> float:
    """Import every module in a process of its own; return the seconds of the second time, from bytecode."""
    environ = {**os.environ, "PYTHONPATH": str(target)}
    modules = sorted(
        ".".join(file.relative_to(target).with_suffix("").parts).removesuffix(".__init__")
        for file in target.rglob("*.py")
    )
    code = _IMPORT.format(modules=modules)
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Failed(f"the code in {target.name} cannot be imported:\n{done.stderr[-2000:]}")
    return float(done.stdout)
