"""The process that stands between OMS and PostgreSQL: when its parent ends, however, the server stops.

Run by path in an interpreter of its own (``python -I -S watchdog.py <json>``), so it imports nothing but
the standard library. Standard input is a pipe that only the parent can keep open; its end means that the
parent is gone or wants the server stopped. Standard output reports, a line each: ``postmaster <pid>``,
``ready``, ``failed <why>``.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

_GRACE = (("SIGINT", 20.0), ("SIGQUIT", 5.0), ("SIGKILL", 5.0))
"""Fast shutdown first; each next signal after that many seconds."""
_FIRST_ATTEMPTS, _ATTEMPTS = 2, 25
_PID_FILE_STATUS = 7
"""The line of postmaster.pid that says ``ready``."""


class ParentGone(Exception):
    """Standard input came to its end."""


class Watchdog:
    """One start, run and stop of one server."""

    def __init__(
        self, plan: dict[str, str], initdb: list[str], server: list[str], uid: int | None, gid: int | None
    ) -> None:
        self.plan = plan
        self.initdb = initdb
        self.server = server
        self.cluster = Path(plan["cluster"])
        self.uid = uid
        self.gid = gid

    def run(self) -> None:
        """Hold the folder from the first step to the last, so that the next start waits for this stop."""
        with Path(self.plan["lock"]).open("ab") as lock:
            while not self._locked(lock.fileno()):
                pause(0.05)
            end_orphan(self.cluster)
            if former := self.plan["former_sockets"]:
                shutil.rmtree(former, ignore_errors=True)
            if not self.cluster.exists():
                self._initialise()
            self._serve()

    def _locked(self, descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _initialise(self) -> None:
        # Made beside and renamed: a cluster that was interrupted half-way is never mistaken for one.
        fresh = self.cluster.with_name("cluster.new")
        shutil.rmtree(fresh, ignore_errors=True)
        process = self._spawn([*self.initdb, "-D", str(fresh)])
        try:
            while process.poll() is None:
                pause(0.02)
        except ParentGone:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        if process.returncode:
            report(f"failed initdb ended with {process.returncode}")
            raise ParentGone
        fresh.rename(self.cluster)

    def _serve(self) -> None:
        # The child's end wakes the wait as well as the parent's.
        wake, waker = os.pipe()
        os.set_blocking(waker, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        # A server that was killed is started again: it may have to wait for its own last processes.
        left = _FIRST_ATTEMPTS
        while left:
            left = _ATTEMPTS if self._serve_once(wake) else left - 1
            pause(0.2)

    def _serve_once(self, wake: int) -> bool:
        """Run the server until it ends by itself; say whether it had answered."""
        process = self._spawn([*self.server, "-D", str(self.cluster)])
        ready = False
        try:
            report(f"postmaster {process.pid}")
            while process.poll() is None and not self._ready(process.pid):
                pause(0.01)
            if process.poll() is None:
                ready = True
                report("ready")
            while process.poll() is None:
                pause(None, wake)
        finally:
            stop(process)
        return ready

    def _ready(self, pid: int) -> bool:
        lines = pid_file(self.cluster)
        mine = bool(lines) and lines[0].strip() == str(pid)
        return mine and len(lines) > _PID_FILE_STATUS and lines[_PID_FILE_STATUS].strip() == "ready"

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        # The folder is the account's: a link that it lays there must not lead root's pen elsewhere.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
        with os.fdopen(os.open(self.plan["log"], flags, 0o640), "ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own programs
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.cluster.parent,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                process_group=0,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
            )


def report(line: str) -> None:
    """Tell the parent; one that is gone is noticed elsewhere."""
    with contextlib.suppress(OSError):
        os.write(1, f"{line}\n".encode())


def pause(seconds: float | None, *others: int) -> None:
    """Wait that long, or for another descriptor; raises ParentGone at the end of standard input."""
    readable, _, _ = select.select([0, *others], [], [], seconds)
    for descriptor in readable:
        if not os.read(descriptor, 512) and descriptor == 0:
            raise ParentGone


def pid_file(cluster: Path) -> list[str]:
    """Return the lines of postmaster.pid, or nothing."""
    try:
        return (cluster / "postmaster.pid").read_text(errors="replace").splitlines()
    except OSError:
        return []


def end_orphan(cluster: Path) -> None:
    """Stop a server whose watchdog was killed too; forget the pid of one that is long gone."""
    lines = pid_file(cluster)
    if not lines or not lines[0].strip().isdigit():
        return
    pid = int(lines[0])
    if not alive(pid):
        return  # PostgreSQL itself checks the rest: no process may still use its shared memory
    if str(cluster) not in command_of(pid):
        # The number belongs to somebody else by now; PostgreSQL would take that for a running server.
        (cluster / "postmaster.pid").unlink(missing_ok=True)
        return
    for name, seconds in _GRACE:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.Signals[name])
        deadline = time.monotonic() + seconds
        while alive(pid) and time.monotonic() < deadline:
            pause(0.05)
        if not alive(pid):
            return


def alive(pid: int) -> bool:
    """Say whether there is such a process, be it another account's."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def command_of(pid: int) -> str:
    """Return a process's command line; empty when nobody tells."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
    except OSError:
        pass
    try:
        answer = subprocess.run(  # noqa: S603 - a number is all that varies
            ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return answer.stdout


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the server: its sessions are cut, what was committed is safe."""
    for name, seconds in _GRACE:
        deadline = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < deadline:
            # Again and again: a server that has just begun does not hear the first one.
            process.send_signal(signal.Signals[name])
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.5)


def main() -> None:
    """Run until the parent or the server ends, and leave no socket behind."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    os.set_blocking(1, False)  # after the start nobody reads the reports
    order = json.loads(sys.argv[1])
    with contextlib.suppress(ParentGone):
        Watchdog(order["plan"], order["initdb"], order["server"], order["uid"], order["gid"]).run()
    shutil.rmtree(order["plan"]["sockets"], ignore_errors=True)


if __name__ == "__main__":
    main()
