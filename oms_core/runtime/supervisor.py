"""Several processes of one system on one machine: started, restarted when they die, and stopped together."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from oms_core.errors import OmsError

HASTY = 3.0
"""Seconds; a process that ends by itself earlier, on its first start, will not do better on the next."""
_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
_GRACE = 10.0
"""Seconds that a process has beyond its own drain."""

Told = Callable[[str, str], None]
"""Gets each line that a process prints, with the process's name before it."""


class WorkerFailed(OmsError):
    """A process of the system cannot be started."""


@dataclass(frozen=True, slots=True)
class Worker:
    """One process: its name, and what ``oms`` is called with."""

    name: str
    arguments: Sequence[str]


class Supervisor:
    """Runs ``workers`` until it is told to stop; they end with this process, however it ends.

    ``environ`` is theirs on top of ours; ``drain`` is the seconds that each takes to finish what runs.
    """

    def __init__(
        self, workers: Sequence[Worker], *, told: Told, drain: float, environ: Mapping[str, str]
    ) -> None:
        self._workers = workers
        self._told = told
        self._drain = drain
        self._environ = {**os.environ, **environ, "PYTHONUNBUFFERED": "1"}
        self._running: dict[str, Process] = {}
        self._stopping = False

    def pid(self, name: str) -> int:
        """Return the process id of a worker that runs."""
        return self._running[name].pid

    async def run(self, stop: asyncio.Event) -> None:
        """Keep all running until ``stop`` is set; raises WorkerFailed for one that cannot start."""
        told = asyncio.create_task(stop.wait())
        keepers = [
            asyncio.create_task(self._keep(worker), name=f"oms {worker.name}") for worker in self._workers
        ]
        try:
            done, _ = await asyncio.wait([told, *keepers], return_when=asyncio.FIRST_COMPLETED)
            for keeper in done - {told}:
                keeper.result()
        finally:
            told.cancel()
            self._stopping = True
            await self._end(keepers)

    async def _keep(self, worker: Worker) -> None:
        deaths = 0
        while True:
            began = time.monotonic()
            code = await self._once(worker)
            lived = time.monotonic() - began
            if self._stopping:
                return
            if deaths == 0 and lived < HASTY and code >= 0:
                raise WorkerFailed(
                    "WORKER_FAILED",
                    f"{worker.name} ended with exit code {code} before it served",
                    hint="what it said stands above",
                )
            deaths = 1 if lived > _PAUSES[-1] else deaths + 1
            pause = _PAUSES[min(deaths, len(_PAUSES)) - 1]
            self._told(worker.name, f"ended with exit code {code}; starts again in {pause:g} s")
            await asyncio.sleep(pause)

    async def _once(self, worker: Worker) -> int:
        """Run the worker to its end; return its exit code, negative for a signal."""
        command = [sys.executable, "-m", "oms_core.cli.main", *worker.arguments, "--with-parent"]
        # A session of its own: Ctrl-C in the terminal is for us. The pipe on its standard input ends with us.
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=STDOUT, env=self._environ, start_new_session=True
        )
        self._running[worker.name] = process
        assert process.stdout is not None
        async for line in process.stdout:
            self._told(worker.name, line.decode(errors="replace").rstrip())
        return await process.wait()

    async def _end(self, keepers: Sequence[asyncio.Task[None]]) -> None:
        for process in self._running.values():
            _signal(process, signal.SIGTERM)
        late = [keeper for keeper in keepers if not keeper.done()]
        if late:
            _, late_set = await asyncio.wait(late, timeout=self._drain + _GRACE)
            for process in self._running.values() if late_set else ():
                _signal(process, signal.SIGKILL)
            for keeper in late_set:
                keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        for process in self._running.values():
            await process.wait()


def _signal(process: Process, number: signal.Signals) -> None:
    if process.returncode is None:
        process.send_signal(number)
