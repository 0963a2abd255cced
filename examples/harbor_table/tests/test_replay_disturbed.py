"""A replay is interrupted, or its server is killed: nothing is lost, and nothing is there twice."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import psutil

DAYS = 6
FIRST = " of "
"""In the first line that says how far it is."""


async def test_ctrl_c_in_the_middle_and_then_again(replay: Any, book: Any, tmp_path: Path) -> None:
    arguments = ["--days", str(DAYS), "--data", str(tmp_path / "data")]
    async with replay.running(*arguments) as run:
        await run.until(FIRST)
        run.process.send_signal(signal.SIGINT)
        stopped = await run.end()
    assert (stopped.code, stopped.printed) == (130, "")
    assert "orders were acknowledged. The next run goes on from there." in stopped.told
    assert "Traceback" not in stopped.told

    rest = await replay(*arguments)
    rest.shows(**book.figures(DAYS))
    there, added = rest.outcome["already_there"], rest.outcome["added"]
    assert there + added == book.orders(DAYS)
    assert there > 0
    assert added > 0


async def test_kill_9_of_the_server_in_the_middle(replay: Any, book: Any, tmp_path: Path) -> None:
    async with replay.running("--days", str(DAYS), "--data", str(tmp_path / "data")) as run:
        await run.until(FIRST)
        (server,) = [
            child for child in psutil.Process(run.process.pid).children() if "run" in child.cmdline()
        ]
        server.kill()
        ended = await run.end()
    ended.shows(**book.figures(DAYS), restarts=1)
    assert ended.outcome["added"] + ended.outcome["already_there"] == book.orders(DAYS)
    assert "The server has ended; starting it again" in ended.told
