"""The watchdog's process, as its parent sees it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from oms_core.errors import StorageError
from oms_core.storage.embedded import watchdog
from oms_core.storage.embedded.account import Account
from oms_core.storage.embedded.binaries import Binaries
from oms_core.storage.embedded.options import INITDB, SERVER
from oms_core.storage.embedded.place import Place


@dataclass(frozen=True, slots=True)
class Order:
    """What one start needs to know."""

    data: Path
    account: Account | None
    place: Place
    programs: Binaries
    sockets: Path
    former_sockets: str
    """What a server may have left that could not say goodbye; empty when none."""


def spawn(order: Order) -> subprocess.Popen[bytes]:
    """Start the watchdog, which starts the server; safe from any thread."""
    plan = {
        "cluster": str(order.place.cluster),
        "lock": str(order.data / "postgres.watchdog.lock"),
        "log": str(order.place.log),
        "sockets": str(order.sockets),
        "former_sockets": order.former_sockets,
    }
    told = {
        "plan": plan,
        "initdb": [str(order.programs.bin / "initdb"), *INITDB],
        "server": [str(order.programs.bin / "postgres"), *SERVER, "-k", str(order.sockets)],
        "uid": order.account.uid if order.account else None,
        "gid": order.account.gid if order.account else None,
    }
    # A session of its own: Ctrl-C in our terminal must not stop the server before we have drained.
    return subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-I", "-S", str(watchdog.__file__), json.dumps(told)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )


def await_ready(process: subprocess.Popen[bytes], place: Place) -> int:
    """Return the server's pid when it answers; raises StorageError with the end of its log when it fails."""
    postmaster = 0
    for line in process.stdout or ():
        word, _, rest = line.decode().strip().partition(" ")
        if word == "postmaster":
            postmaster = int(rest)
        elif word == "ready":
            return postmaster
    raise StorageError(
        "SERVER_FAILED",
        f"PostgreSQL did not start on {place.root}; the end of its log:\n{place.log_tail()}",
        hint=f"the whole log is {place.log}",
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """Let the watchdog stop the server, and wait for both."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
