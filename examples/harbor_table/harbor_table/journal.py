"""What the server acknowledged, written down where no kill of the server can touch it."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec


class Acknowledged(msgspec.Struct, frozen=True):
    """One order that the server said was placed.

    ``stations`` are those that have something to make: one ticket each.
    """

    external_id: str
    order_id: str
    location_id: str
    stations: tuple[str, ...]


class Journal:
    """JSON lines, each on the disk before ``add`` returns."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        self._file = self._path.open("ab", buffering=0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, entry: Acknowledged) -> None:
        """Write the entry down and wait for the disk."""
        self._file.write(msgspec.json.encode(entry) + b"\n")
        os.fsync(self._file.fileno())

    def entries(self) -> list[Acknowledged]:
        """Read everything back from the disk; a line that was cut off is not an entry."""
        lines = self._path.read_bytes().split(b"\n")[:-1]
        return [msgspec.json.decode(line, type=Acknowledged) for line in lines]
