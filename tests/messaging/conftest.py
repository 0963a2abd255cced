from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio

from oms_core.messaging import Link, open_session
from oms_core.storage import Database, PluginTables, migrate
from oms_core.storage.connection import connect
from tests.messaging.things import MemoryWorld, PostgresWorld, World

EFFECTS = """
create table pong.effect (
  n bigint generated always as identity, tenant text not null default current_setting('oms.tenant'), text text
);
grant select, insert on pong.effect to oms_pong
"""


@pytest_asyncio.fixture
async def events_dsn(database_dsn: str) -> str:
    """A migrated database with plugins ``ping``, which publishes, and ``pong``, which handles."""
    await migrate(database_dsn, [PluginTables("ping"), PluginTables("pong")])
    connection = await connect(database_dsn)
    await connection.execute(EFFECTS)
    await connection.close()
    return database_dsn


@pytest_asyncio.fixture
async def database(events_dsn: str) -> AsyncIterator[Database]:
    database = await Database.open(events_dsn, plugins=["ping", "pong"])
    yield database
    await database.close()


@pytest_asyncio.fixture
async def link(events_dsn: str) -> AsyncIterator[Link]:
    link = Link(partial(open_session, events_dsn), {})
    await link.start()
    yield link
    await link.stop()


@pytest.fixture
def postgres_world(database: Database, events_dsn: str, link: Link) -> PostgresWorld:
    return PostgresWorld(database, events_dsn, link)


@pytest.fixture(params=["memory", "postgres"])
def world(request: pytest.FixtureRequest) -> World:
    """Every test of the suite runs in both: that is what lets memory stand in for PostgreSQL."""
    if request.param == "memory":
        return MemoryWorld()
    postgres_world: PostgresWorld = request.getfixturevalue("postgres_world")
    return postgres_world
