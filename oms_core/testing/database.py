"""A real PostgreSQL for a test session, and a fresh database for each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import pytest_asyncio

from oms_core.ids import new_id

if TYPE_CHECKING:
    from oms_core.storage.embedded import EmbeddedServer


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres() -> AsyncIterator[EmbeddedServer]:
    """Run a server on a folder of its own, which is gone at the end."""
    # Imported here: a test run that needs no database does not pay for it.
    from oms_core.storage.embedded import embedded  # noqa: PLC0415

    folder = _folder()
    try:
        async with embedded(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(loop_scope="session")
async def database_dsn(postgres: EmbeddedServer) -> AsyncIterator[str]:
    """Make an empty database, logged in as administrator; dropped afterwards, whoever is still in it."""
    from oms_core.storage.connection import connect  # noqa: PLC0415 - as above

    name = new_id("test")
    connection = await connect(postgres.dsn)
    try:
        await connection.execute(f"create database {name}")
        yield urlunsplit(urlsplit(postgres.dsn)._replace(path=f"/{name}"))
        await connection.execute(f"drop database {name} with (force)")
    finally:
        await connection.close()


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="oms-test-"))
    # Ours alone, but passable: as root the server runs as another account.
    folder.chmod(0o711)
    return folder
