from __future__ import annotations

import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from oms_core.storage import Database, PluginTables, migrate
from oms_core.storage.embedded import remove
from oms_core.storage.piccolo_migrations import make_migration
from tests.storage.sample import Hold, Holder, Note, Parcel


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder; as root its database may lie elsewhere, which goes too."""
    folder = tmp_path / "data"
    yield folder
    if folder.exists():
        remove(folder)


@pytest.fixture(scope="session")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder that one test after the other uses, so that not each has to make a database first."""
    folder = tmp_path_factory.mktemp("used")
    yield folder
    remove(folder)


@pytest.fixture
def hold() -> Iterator[Hold]:
    """Start processes that run a server; none outlives the test."""
    started: list[Holder] = []

    def start(*args: Any, **options: Any) -> Holder:
        started.append(Holder(*args, **options))
        return started[-1]

    yield start
    for holder in started:
        holder.kill()


@pytest.fixture
def open_data() -> Iterator[Path]:
    """A data folder that every account of this machine can get to and write."""
    folder = Path("/tmp") / f"oms-data-{secrets.token_hex(4)}"
    folder.mkdir()
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def plugins(tmp_path_factory: pytest.TempPathFactory) -> list[PluginTables]:
    folder = tmp_path_factory.mktemp("plugins")
    kept = [PluginTables("alpha", [Note], folder / "alpha"), PluginTables("beta", [Parcel], folder / "beta")]
    for plugin in kept:
        assert await make_migration(plugin) is not None
    return kept


@pytest_asyncio.fixture(loop_scope="session")
async def dsn(database_dsn: str, plugins: list[PluginTables]) -> str:
    """A migrated database, logged in as administrator."""
    await migrate(database_dsn, plugins)
    return database_dsn


@pytest_asyncio.fixture(loop_scope="session")
async def database(dsn: str) -> AsyncIterator[Database]:
    opened = await Database.open(dsn, plugins=["alpha", "beta"], pool_size=2)
    yield opened
    await opened.close()
