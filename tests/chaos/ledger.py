"""The sum of all legs, on disk, so that hours of campaign add up over days."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Self

import msgspec

from tests.chaos.audit import Findings
from tests.chaos.campaign import Leg

PROSE = """\
Two bundles with two processes each, on a PostgreSQL and a RabbitMQ of their own, both behind a
network that misbehaves; guests order, cooks and a counter finish what was ordered. Processes kill
themselves at each named step ([the steps](events.md)) and are killed at any time; database and
broker are killed, restarted and stopped, connections are terminated, reset, half closed, delayed,
slowed and swallowed; events come twice and out of turn; some nobody can read. Afterwards the
database is asked whether every acknowledged order and its tickets are there once, whether a
consumer heard events of one order out of turn, whether amounts are those that were promised,
whether anything is left on its way, and whether the dead letters are the poisoned events and no
others.

`make chaos` runs a leg and adds it to `.chaos/ledger.json`; this page is what it printed."""


class Ledger(msgspec.Struct):
    """Counts by name; ``recoveries`` are in seconds, by what was killed."""

    legs: int = 0
    orders: int = 0
    seconds: float = 0.0
    kills: dict[str, int] = {}
    faults: dict[str, int] = {}
    poison: int = 0
    findings: dict[str, int] = {}
    unexpected: list[str] = []
    recoveries: dict[str, list[float]] = {}
    seeds: list[int] = []
    path: str = ""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Return the ledger at ``path``, or an empty one that will be there."""
        found = msgspec.json.decode(path.read_bytes(), type=cls) if path.exists() else cls()
        found.path = str(path)
        return found

    def add(self, leg: Leg) -> None:
        """Add a leg, and write everything down."""
        self.legs += 1
        self.orders += leg.orders
        self.seconds += leg.seconds
        self.poison += leg.poison
        self.seeds.append(leg.seed)
        self.unexpected += leg.unexpected
        for name, count in leg.kills.items():
            self.kills[name] = self.kills.get(name, 0) + count
        for name, count in leg.faults.items():
            self.faults[name] = self.faults.get(name, 0) + count
        for one in fields(Findings):
            self.findings[one.name] = self.findings.get(one.name, 0) + getattr(leg.findings, one.name)
        for name in ("process", "database", "broker"):
            self.recoveries.setdefault(name, []).extend(
                round(each, 2) for each in getattr(leg, f"{name}_recoveries")
            )
        path = Path(self.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(self)))
        fresh.replace(path)

    def report(self, command: str) -> str:
        """Return the report; its last line says what was found wrong."""
        kills = "\n".join(f"| {name} | {count} |" for name, count in sorted(self.kills.items()))
        faults = "\n".join(
            f"| {name.replace('_', ' ')} | {count} |" for name, count in sorted(self.faults.items())
        )
        times = "\n".join(
            f"| {name} | {len(all_)} | {_at(all_, 0.5):.2f} | {_at(all_, 0.99):.2f} |"
            for name, all_ in self.recoveries.items()
        )
        return (
            f"# The campaign\n\n{PROSE}\n\n    {command}\n\n"
            f"{self.legs} legs, {self.orders} orders, {self.seconds / 60:.0f} minutes, "
            f"{self.poison} poisoned events.\n\n"
            f"| processes killed at | times |\n|---|---:|\n{kills}\n"
            f"| **all** | {sum(self.kills.values())} |\n\n"
            f"| fault | times |\n|---|---:|\n{faults}\n\n"
            f"| back after | times | median s | p99 s |\n|---|---:|---:|---:|\n{times}\n\n"
            f"Ends that nobody wanted: {len(self.unexpected)}.\n\n"
            + " ".join(f"{name} {count}" for name, count in self.findings.items())
            + "\n"
        )


def _at(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
