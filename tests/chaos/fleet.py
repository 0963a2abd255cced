"""The servers under fire: started from the nursery, killed, started again, and how long that took."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

ARMED = (
    "claim.begun",
    "claim.answered",
    "relay.leased",
    "relay.taken",
    "relay.published",
    "relay.committed",
    "broker.received",
    "broker.stored",
    "consumer.taken",
    "consumer.handled",
    "consumer.settled",
    "consumer.done",
)
"""The steps that servers of this campaign pass, and die at."""
START_SECONDS = 60.0
NO_DATABASE = (
    "mend database.url",
    "DATABASE_UNREACHABLE",
    "ConnectionDoesNotExistError",
    "the database system is",
    "ConnectionRefused",
    "InternalClientError",
)
"""What a server says last that was started while the database was away."""


class Fleet:
    """Servers by name, each with a gRPC port of its own; see ``fleet``."""

    def __init__(
        self, nursery: Process, ports: Mapping[str, int], arguments: Mapping[str, Sequence[str]], *,
        folder: Path, environ: Mapping[str, str], dice: random.Random,
    ) -> None:  # fmt: skip
        self._nursery = nursery
        self._ports = ports
        self._arguments = arguments
        self._folder = folder
        self._environ = environ
        self._dice = dice
        self._pids: dict[str, int] = {}
        self._ended = {name: asyncio.Event() for name in ports}
        self._armed: dict[str, str] = {}
        self.arming = False
        self.kills: Counter[str] = Counter()
        """How many servers died at each step, or at ``any time``."""
        self.unexpected: list[str] = []
        """Ends that nobody wanted."""
        self.recoveries: list[float] = []
        """Seconds from each death until the server took calls again."""
        self._wanted: set[str] = set()
        self._stopping = False

    @property
    def names(self) -> list[str]:
        """The servers' names."""
        return list(self._ports)

    def start(self, name: str) -> None:
        """Fork a server; one that is armed dies by itself at the step that saw the fewest deaths."""
        order = {
            "name": name,
            "arguments": self._arguments[name],
            "log": str(self._folder / f"{name}.log"),
            "environ": dict(self._environ),
        }
        self._armed.pop(name, None)
        if self.arming:
            fewest = min(self.kills[step] + list(self._armed.values()).count(step) for step in ARMED)
            among = [s for s in ARMED if self.kills[s] + list(self._armed.values()).count(s) == fewest]
            self._armed[name] = order["step"] = self._dice.choice(among)
            order["nth"] = self._dice.randint(1, 100)
        self._ended[name].clear()
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(json.dumps(order).encode() + b"\n")

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a server; SIGKILL counts as a death at any time."""
        if name in self._pids:
            if number is signal.SIGKILL:
                self._wanted.add(name)
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pids[name], number)

    async def ended(self, name: str) -> None:
        """Wait until a server has ended."""
        await self._ended[name].wait()

    async def ready(self, name: str) -> float:
        """Return the seconds until the server takes calls; raises AssertionError when it takes long."""
        began = time.monotonic()
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self._ports[name])
                writer.close()
                return time.monotonic() - began
            if time.monotonic() - began > START_SECONDS:
                raise AssertionError(f"{name} does not serve: see {self._folder / name}.log")
            await asyncio.sleep(0.02)

    async def watch(self) -> None:
        """Start again whatever dies, until cancelled."""
        assert self._nursery.stdout is not None
        again: set[asyncio.Task[None]] = set()
        async for line in self._nursery.stdout:
            word = json.loads(line)
            if name := word.get("started"):
                self._pids[name] = word["pid"]
                continue
            name = word["ended"]
            self._pids.pop(name, None)
            self._ended[name].set()
            if self._stopping:
                continue
            if word["code"] == -signal.SIGKILL:
                self.kills["any time" if name in self._wanted else self._armed.get(name, "nobody")] += 1
                self._wanted.discard(name)
            elif word["code"] != 0:
                self._note(name, word["code"])
            self.start(name)
            task = asyncio.create_task(self._timed(name))
            again.add(task)
            task.add_done_callback(again.discard)

    def _note(self, name: str, code: int) -> None:
        """Remember an end by its reason; that a start finds no database is one that faults give."""
        said = (self._folder / f"{name}.log").read_text(errors="replace")[-4000:]
        if any(f"{reason}" in said for reason in NO_DATABASE):
            self.kills["start without a database"] += 1
        else:
            self.unexpected.append(f"{name} ended with {code}: {said[-300:]}")

    async def back(self, name: str) -> None:
        """Wait until a server that ended takes calls again."""
        while self._ended[name].is_set():
            await asyncio.sleep(0.01)
        await self.ready(name)

    async def _timed(self, name: str) -> None:
        self.recoveries.append(await self.ready(name))

    async def stop(self) -> None:
        """End every server in its own time; raises AssertionError for one that does not."""
        self._stopping = True
        for name in list(self._pids):
            self.kill(name, signal.SIGTERM)
        for name in list(self._pids):
            await asyncio.wait_for(self.ended(name), 40)


@asynccontextmanager
async def fleet(
    ports: Mapping[str, int],
    arguments: Mapping[str, Sequence[str]],
    *,
    folder: Path,
    environ: Mapping[str, str],
    dice: random.Random,
) -> AsyncIterator[Fleet]:
    """Run servers until the block ends; whatever happens, none is left."""
    nursery = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.chaos.nursery", stdin=PIPE, stdout=PIPE, start_new_session=True
    )
    one = Fleet(nursery, ports, arguments, folder=folder, environ=environ, dice=dice)
    watching = asyncio.create_task(one.watch())
    try:
        for name in ports:
            one.start(name)
        for name in ports:
            await one.ready(name)
        yield one
    finally:
        watching.cancel()
        assert nursery.stdin is not None
        nursery.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            nursery.kill()
        await nursery.wait()
