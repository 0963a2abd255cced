"""A start while the database is on its way up."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from oms_core.errors import StorageError
from oms_core.storage import embedded, remove
from oms_core.storage.recovering import recovered


async def answers(dsn: str) -> bool:
    """Say whether the database took connections in the end; False: there was nobody to wait for."""
    try:
        await recovered(dsn)
    except StorageError as error:
        if not isinstance(error.__cause__, OSError):
            raise
        return False
    return True


async def test_a_database_that_was_killed_is_waited_for(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    try:
        async with embedded(tmp_path / "data") as server:
            os.kill(server.pids[1], signal.SIGKILL)
            # For a moment there is no socket, which is for whoever connects to say.
            while not await answers(server.dsn):
                await asyncio.sleep(0.005)
    finally:
        remove(tmp_path / "data")


async def test_one_that_is_not_there_is_not_waited_for() -> None:
    began = time.monotonic()
    with pytest.raises(StorageError, match="no database answers"):
        await recovered("postgresql://127.0.0.1:1/oms", patience=60)
    assert time.monotonic() - began < 30
