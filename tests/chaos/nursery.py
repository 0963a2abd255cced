"""A warm parent: everything is imported once, and each server is a fork of it that starts at once.

Reads one JSON object a line, ``{"name", "arguments", "log", "environ", "step", "nth"}``, and writes
``{"started"|"ended": name, "pid", "code"}``. A server with a ``step`` kills itself when it passes that step
for the nth time. All of them die with this process, and it dies with its standard input.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
from typing import Any

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve until standard input ends."""
    # For its imports: a fork has them.
    from oms_core.cli.main import main as oms  # noqa: F401

    for module in _HEAVY:
        __import__(module)
    names: dict[int, str] = {}
    threading.Thread(target=_reap, args=(names,), daemon=True).start()
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(order)
        names[pid] = order["name"]
        _say({"started": order["name"], "pid": pid})
    for pid in names:
        os.kill(pid, signal.SIGKILL)


_HEAVY = (
    "aio_pika",
    "asyncpg",
    "grpc.aio",
    "litestar",
    "uvicorn",
    "uvloop",
    "oms_core.cli.run",
    "oms_core.messaging.rabbit",
    "oms_core.runtime.application",
    "oms_identity.plugin",
    "oms_kitchen.plugin",
    "oms_menu.plugin",
    "oms_orders.plugin",
)


def _reap(names: dict[int, str]) -> None:
    known = threading.Event()
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            known.wait(0.05)
            continue
        while pid not in names:
            known.wait(0.001)
        _say({"ended": names.pop(pid), "pid": pid, "code": os.waitstatus_to_exitcode(status)})


def _say(word: dict[str, Any]) -> None:
    os.write(1, json.dumps(word).encode() + b"\n")


def _become(order: dict[str, Any]) -> None:
    """Be a server from now on; never returns."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(order["environ"])
    if order.get("step"):
        _arm(order["step"], order["nth"])
    from oms_core.cli.main import main as oms

    code = 1
    try:
        oms(order["arguments"], standalone_mode=False)
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    os._exit(code)


def _arm(step: str, nth: int) -> None:
    from oms_core import steps

    passed = 0

    def passing(name: str) -> None:
        nonlocal passed
        if name == step:
            passed += 1
            if passed == nth:
                os.kill(os.getpid(), signal.SIGKILL)

    steps._observer = passing


if __name__ == "__main__":
    main()
