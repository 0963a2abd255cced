from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio

from oms_core.messaging import Broker, Link, open_session
from oms_core.storage import Database, PluginTables, migrate
from oms_core.storage.connection import connect
from tests.messaging.rabbit_world import RabbitWorld
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


@pytest_asyncio.fixture
async def rabbit_world(
    database: Database, events_dsn: str, link: Link, broker: Broker
) -> AsyncIterator[RabbitWorld]:
    world = RabbitWorld(database, events_dsn, link, broker)
    yield world
    await world.stop()


@pytest.fixture(params=["memory", "postgres", "rabbit"])
def world(request: pytest.FixtureRequest) -> World:
    """Every test of the suite runs in all: that is why memory may stand in, and why no plugin can tell."""
    if request.param == "memory":
        return MemoryWorld()
    found: PostgresWorld = request.getfixturevalue(f"{request.param}_world")
    return found
