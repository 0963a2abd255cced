"""For the replay: the command as a child, and its figures by other code, from the file itself."""

from __future__ import annotations

import asyncio
import csv
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal

import pytest

from harbor_table.replay import source

OMS = [sys.executable, "-m", "oms_core.cli.main", "replay", "pizzaplace"]


@dataclass(frozen=True)
class Ended:
    """A run that has ended."""

    code: int
    printed: str
    told: str

    @property
    def outcome(self) -> dict[str, object]:
        """What it printed with --json."""
        found = json.loads(self.printed)
        assert isinstance(found, dict)
        return found

    def shows(self, **fields: object) -> None:
        """Assert that it ended well, with these fields in its outcome."""
        assert self.code == 0, self.told
        assert {name: self.outcome[name] for name in fields} == fields


class Running:
    """A run that goes on."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._told: list[str] = []

    async def until(self, wanted: str) -> None:
        """Read what it tells until a line has ``wanted``; the test's own time limit ends a wait in vain."""
        assert self.process.stderr is not None
        async for raw in self.process.stderr:
            self._told.append(raw.decode())
            if wanted in self._told[-1]:
                return
        raise AssertionError(f"it ended before {wanted!r}:\n" + "".join(self._told))

    async def end(self) -> Ended:
        """Wait until it ends."""
        printed, told = await self.process.communicate()
        assert self.process.returncode is not None
        return Ended(self.process.returncode, printed.decode(), "".join(self._told) + told.decode())


class Replays:
    """Starts runs."""

    @asynccontextmanager
    async def running(self, *arguments: str, env: Mapping[str, str] | None = None) -> AsyncIterator[Running]:
        """Run it for the length of the block; what still runs then is stopped, with its server."""
        process = await asyncio.create_subprocess_exec(
            *OMS, *arguments, "--json", env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        try:
            yield Running(process)
        finally:
            if process.returncode is None:
                process.terminate()
                await process.communicate()

    async def __call__(self, *arguments: str, env: Mapping[str, str] | None = None) -> Ended:
        """Run it to its end."""
        async with self.running(*arguments, env=env) as run:
            return await run.end()


@pytest.fixture(scope="session")
def replay() -> Replays:
    """Run the command."""
    return Replays()


class Book:
    """What was sold, by other code than ours."""

    def rows(self, days: int) -> list[dict[str, str]]:
        """Return the rows of the first days."""
        with source.find().open(encoding="utf-8", newline="") as text:
            rows = list(csv.DictReader(text))
        dates = sorted({row["date"] for row in rows})[:days]
        return [row for row in rows if row["date"] in dates]

    def figures(self, days: int) -> dict[str, object]:
        """Return the sums of the first days."""
        rows = self.rows(days)
        return {
            "orders": len({row["id"] for row in rows}),
            "items": len(rows),
            "total_minor": int(sum(Decimal(row["price"]) for row in rows) * 100),
            "currency": "USD",
            "days": days,
        }

    def orders(self, days: int) -> int:
        """Return how many orders there were in the first days."""
        return len({row["id"] for row in self.rows(days)})


@pytest.fixture(scope="session")
def book() -> Book:
    """What was sold."""
    return Book()
