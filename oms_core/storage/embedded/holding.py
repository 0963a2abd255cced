"""Who holds a data folder: one server at a time, and everybody else can find it."""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from oms_core.errors import StorageError

_ATTEMPTS = 10
_PAUSE = 0.02


@dataclass(frozen=True, slots=True)
class Holder:
    """What the process that runs the server tells the others."""

    pid: int
    sockets: str = ""
    """Folder of the server's socket."""
    ready: bool = False
    """Whether the server answers there."""


class Holding:
    """The lock on a data folder; the kernel gives it back however its holder ends.

    ``former`` is who held the folder before and could not say goodbye; None after an orderly stop.
    """

    def __init__(self, file: BinaryIO, former: Holder | None) -> None:
        self._file = file
        self.former = former

    @classmethod
    def take(cls, data: Path) -> Holding:
        """Take the lock; raises StorageError that names the folder and the holder's pid."""
        file = (data / "postgres.lock").open("ab+")
        if not _locked(file):
            holder = _read(file)
            file.close()
            raise StorageError(
                "DATA_IN_USE",
                f"the database in {data} is in use by process {holder.pid if holder else 'unknown'}",
                hint="stop that process first, or give --data another folder",
            )
        return cls(file, _read(file))

    def tell(self, sockets: Path, *, ready: bool) -> None:
        """Let other processes know who we are and where the server listens."""
        self._write(json.dumps(asdict(Holder(os.getpid(), str(sockets), ready))).encode())

    def release(self) -> None:
        """Give the folder back."""
        self._write(b"")
        self._file.close()

    def _write(self, content: bytes) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write(content)
        self._file.flush()


def holder_of(data: Path) -> Holder | None:
    """Return who holds the folder right now; None when nobody does."""
    try:
        file = (data / "postgres.lock").open("rb")
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(file) or Holder(0)
        return None


def _locked(file: BinaryIO) -> bool:
    # More than once: somebody who only looks who holds the folder has it locked for a moment.
    for _ in range(_ATTEMPTS):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE)
        else:
            return True
    return False


def _read(file: BinaryIO) -> Holder | None:
    file.seek(0)
    try:
        return Holder(**json.loads(file.read()))
    except (ValueError, TypeError):
        return None
