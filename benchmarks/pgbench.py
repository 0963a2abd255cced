"""pgbench on the embedded server, as the very role that the program serves as."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from benchmarks.load import Failed
from oms_core.storage import EmbeddedServer

_TPS = re.compile(r"^tps = ([\d.]+) \(without", re.MULTILINE)
_SETTINGS = "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=20s"
"""What the program sets for its own sessions."""


async def pgbench(
    server: EmbeddedServer,
    database: str,
    script: Path,
    *,
    clients: int,
    seconds: int,
    given: Mapping[str, str],
) -> float:
    """Return how often ``script`` ran in a second; raises Failed when a statement failed."""
    own = server.bin / "pgbench"
    program = str(own) if own.exists() else shutil.which("pgbench")
    if program is None:
        raise Failed("there is no pgbench: install PostgreSQL's client programs")
    command = [program, "--host", str(server.sockets), "--username", "oms_app", "--no-vacuum"]
    command += ["--protocol", "prepared", "--file", str(script), "--client", str(clients), "--jobs", "1"]
    command += ["--time", str(seconds), *(f"--define={name}={value}" for name, value in given.items())]
    process = await asyncio.create_subprocess_exec(
        *command,
        database,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PGOPTIONS": _SETTINGS},
    )
    output, errors = (text.decode() for text in await process.communicate())
    found = _TPS.search(output)
    if process.returncode or found is None or "number of failed transactions: 0 " not in output:
        raise Failed(f"pgbench: {errors or output}")
    return float(found[1])
