"""Two small plugins' tables, and programs that hold a server for tests that kill them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from piccolo.columns import Integer, Text
from piccolo.table import Table

from oms_core.storage import Tenant
from oms_wire.event import EventType


class Note(Table, schema="alpha"):
    id = Text(primary_key=True)
    tenant = Tenant(index=True)
    text = Text()


class Parcel(Table, schema="beta"):
    id = Text(primary_key=True)
    tenant = Tenant(index=True)
    weight = Integer()


@dataclass
class NoteWritten:
    EVENT: ClassVar[EventType] = EventType("alpha.note_written", 1, "note_id")
    note_id: str

    def __bytes__(self) -> bytes:
        return self.note_id.encode()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls(data.decode())


HOLD = """
import asyncio, sys
from pathlib import Path
from oms_core.storage.embedded import EmbeddedServer

async def main():
    server = await EmbeddedServer.start(Path(sys.argv[1]))
    print("pids", *server.pids, flush=True)
    print("place", server.place, flush=True)
    print("dsn", server.dsn, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.stop()

asyncio.run(main())
"""


class Holder:
    """A process of its own that runs a server until its standard input ends."""

    def __init__(
        self,
        data: Path,
        *,
        user: int | None = None,
        interpreter: str = sys.executable,
        path: Path | None = None,
    ) -> None:
        extra: list[int] | None = None if user is None else []
        self.process = subprocess.Popen(
            [interpreter, "-c", HOLD, str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            user=user,
            group=user,
            extra_groups=extra,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([*([str(path)] if path else []), *sys.path])},
        )

    def read(self) -> tuple[list[int], Path, str]:
        """Wait until the server answers; its pids, place and DSN."""
        assert self.process.stdout is not None
        lines = [self.process.stdout.readline().strip() for _ in range(3)]
        pids, place, dsn = (line.partition(" ")[2] for line in lines)
        return [int(pid) for pid in pids.split()], Path(place), dsn

    def kill(self) -> None:
        self.process.kill()
        self._close()

    def stop(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self._close()

    def _close(self) -> int:
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        return self.process.wait(30)


Hold = Callable[..., Holder]


def gone(pid: int) -> bool:
    """Whether a process has ended (a zombie has: nobody is left to fetch its end in a container)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


async def until(condition: Callable[[], bool], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not become true in time"
        await asyncio.sleep(0.02)
