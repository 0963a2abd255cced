"""A real RabbitMQ for tests: names of its own for each test, which are gone afterwards."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Collection
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from oms_core.ids import new_id

if TYPE_CHECKING:
    from oms_core.messaging import Broker

ADDRESS = os.environ.get("OMS_TEST_BROKER", "amqp://127.0.0.1:5672/")


@pytest_asyncio.fixture(loop_scope="session")
async def broker() -> AsyncIterator[Broker]:
    """Give a namespace on the broker at ``OMS_TEST_BROKER``; without one, CI fails and a laptop skips."""
    one = await named_broker()
    yield one
    await clear(one, PLUGINS)


async def named_broker() -> Broker:
    """Return a namespace that is new on the broker; without one, CI fails and a laptop skips."""
    # Imported here: a test run that needs no broker does not pay for it.
    from aio_pika import connect  # noqa: PLC0415

    from oms_core.messaging import Broker  # noqa: PLC0415

    try:
        connection = await connect(ADDRESS, timeout=5)
    except (TimeoutError, OSError) as error:
        absent = f"no RabbitMQ at {ADDRESS.rpartition('@')[2]} ({error}); start one, or set OMS_TEST_BROKER"
        if os.environ.get("CI"):
            pytest.fail(absent)
        pytest.skip(absent)
    await connection.close()
    return Broker(ADDRESS, namespace=new_id("test"))


async def clear(broker: Broker, plugins: Collection[str]) -> None:
    """Delete what these plugins, and nobody else, have in the broker's namespace."""
    from aio_pika import connect  # noqa: PLC0415

    from oms_core.storage import PARTITIONS  # noqa: PLC0415

    connection = await connect(broker.address)
    async with connection:
        channel = await connection.channel()
        for name in [broker.queue(plugin, part) for plugin in plugins for part in range(PARTITIONS)]:
            await channel.queue_delete(name)
        await channel.queue_delete(broker.unrouted)
        for exchange in (broker.events, broker.unrouted):
            await channel.exchange_delete(exchange)


PLUGINS = ("ping", "pong")
"""The plugins of the tests of messaging, cleared after each test; others are for their test to clear."""
