"""Where a data folder's database lies: inside it, or elsewhere when its account cannot get there."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from oms_core.errors import StorageError
from oms_core.storage.embedded.account import Account

_NAME = "postgres"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that belongs to the account alone: ``cluster``, ``server.log``."""

    root: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.root / "cluster"

    @property
    def log(self) -> Path:
        """What the server writes while it runs."""
        return self.root / "server.log"

    @property
    def postmaster(self) -> int:
        """The server's pid, as it says itself; 0 when it does not run."""
        try:
            return int((self.cluster / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return 0

    def log_tail(self, lines: int = 12) -> str:
        """Return the end of the log, for people who look for a cause."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""


def place_of(data: Path, account: Account | None) -> Place:
    """Find or choose the place of ``data`` and make its folder; nothing else's permissions change.

    A place that holds a database is never left for another one: raises StorageError when the account
    can no longer get there.
    """
    inside = data / _NAME
    pointer = _pointer(data)
    if (inside / "cluster").exists():
        if account is not None and not account.can_enter(inside.parent):
            raise _unreachable(inside, account)
        return Place(inside)
    if pointer.exists():
        return _owned(Path(pointer.read_text().strip()), account)
    if account is None or account.can_enter(data):
        return _owned(inside, account)
    name = hashlib.blake2b(str(data.resolve()).encode(), digest_size=8).hexdigest()
    elsewhere = account.base() / f"oms-{name}"
    # Written first: a place that exists is always found again.
    pointer.write_text(f"{elsewhere}\n")
    return _owned(elsewhere, account, note=f"The database of the data folder {data}, useless without it.\n")


def remove_place(data: Path) -> None:
    """Remove the database of a data folder for ever, wherever it lies."""
    pointer = _pointer(data)
    if pointer.exists():
        shutil.rmtree(pointer.read_text().strip(), ignore_errors=True)
        pointer.unlink()
    shutil.rmtree(data / _NAME, ignore_errors=True)


def _pointer(data: Path) -> Path:
    return data / f"{_NAME}.place"


def _owned(root: Path, account: Account | None, *, note: str = "") -> Place:
    try:
        root.mkdir(mode=0o700)
        if note:  # as long as the folder is ours: later its account could lead us astray with a link
            (root / "README").write_text(note)
        if account is not None:
            os.chown(root, account.uid, account.gid)
    except FileExistsError:
        pass
    owner = account.uid if account is not None else os.geteuid()
    state = root.lstat()
    if root.is_symlink() or not root.is_dir():
        raise StorageError("PLACE_TAKEN", f"{root} is not a folder", hint="move it away and start again")
    if state.st_uid != owner and account is not None and not _content(root):
        # Left behind empty by a start that was killed before it could hand the folder over.
        os.chown(root, account.uid, account.gid)
    elif state.st_uid != owner:
        raise StorageError(
            "PLACE_FOREIGN",
            f"{root} belongs to uid {state.st_uid}, but PostgreSQL would run as uid {owner}",
            hint="start as the user who made it, or choose another data folder",
        )
    return Place(root)


def _unreachable(inside: Path, account: Account) -> StorageError:
    return StorageError(
        "PLACE_UNREACHABLE",
        f"the database in {inside} cannot be reached by the account {account.name!r} any more",
        hint=f"let others pass through the folders above {inside} again, or start as their owner",
    )


def _content(root: Path) -> set[str]:
    return {one.name for one in root.iterdir()} - {"README"}
