"""The account that PostgreSQL runs as: ours, or an unprivileged one when we are root."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from oms_core.errors import StorageError

_CHOICES = ("postgres", "nobody")
_BASES = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 - only its owner may enter what we make there


@dataclass(frozen=True, slots=True)
class Account:
    """An existing unprivileged account of this machine; PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int

    def can_enter(self, folder: Path) -> bool:
        """Say whether this account may pass through every existing folder on the way to ``folder``."""
        path = folder.resolve()
        return all(self._may_pass(one) for one in (path, *path.parents) if one.exists())

    def base(self) -> Path:
        """Return a folder that keeps its content over a restart, in which we may make others."""
        for base in _BASES:
            if base.is_dir() and os.access(base, os.W_OK) and self.can_enter(base):
                return base
        raise StorageError(
            "NO_PLACE",
            f"the account {self.name!r} reaches neither the data folder nor {' nor '.join(map(str, _BASES))}",
            hint="choose a data folder whose parents everybody may enter, or set database.url",
        )

    def _may_pass(self, folder: Path) -> bool:
        state = folder.stat()
        if state.st_uid == self.uid:
            return bool(state.st_mode & stat.S_IXUSR)
        if state.st_gid == self.gid:
            return bool(state.st_mode & stat.S_IXGRP)
        return bool(state.st_mode & stat.S_IXOTH)


def unprivileged() -> Account | None:
    """Return the account to run PostgreSQL as when we are root; None when we are not."""
    if os.geteuid() != 0:
        return None
    for name in _CHOICES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise StorageError(
        "NO_ACCOUNT",
        f"PostgreSQL does not run as root, and this machine has no account {' or '.join(_CHOICES)}",
        hint="run oms as an ordinary user, or set database.url to a PostgreSQL of your own",
    )
