"""What goes wrong, when and how often."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import aio_pika
import asyncpg

from oms_core.storage import EmbeddedServer
from tests.chaos.fleet import Fleet
from tests.chaos.proxy import Proxy
from tests.chaos.rabbit import Node

_POISON = """
insert into oms.outbox (seq, event_id, tenant, plugin, type, schema_version, aggregate_id,
                        aggregate_version, part, payload, headers)
select nextval('oms.event_seq'), $1, $2, 'orders', 'orders.order_accepted', 1, $3, 1, $4, '\\xff'::bytea, '{}'
"""


AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    aio_pika.exceptions.AMQPError,
    aio_pika.exceptions.ChannelInvalidStateError,
)
"""What a fault runs into when the database or the broker is away just then."""


class Faults:
    """Each method is one fault, over when it returns; ``counts`` says how many there were of each."""

    def __init__(
        self,
        fleet: Fleet,
        database: EmbeddedServer,
        node: Node,
        to_broker: Proxy,
        to_database: Proxy,
        *,
        tenant: str,
        dice: random.Random,
    ) -> None:
        self._fleet = fleet
        self._database = database
        self._node = node
        self._proxies = (to_broker, to_database)
        self._tenant = tenant
        self._dice = dice
        self.counts: Counter[str] = Counter()
        self.poison: list[UUID] = []
        """Events that nobody can read, and that the database said it has."""
        self.perhaps: list[UUID] = []
        """Those of which it did not say whether it has them."""
        self.database_recoveries: list[float] = []
        self.broker_recoveries: list[float] = []

    async def process_killed(self) -> None:
        """Kill any server at any moment."""
        self._fleet.kill(self._dice.choice(self._fleet.names))

    async def process_restarted(self) -> None:
        """Ask a server to end as a rollout does; another one of it comes at once."""
        self._fleet.kill(self._dice.choice(self._fleet.names), signal.SIGTERM)

    async def database_killed(self) -> None:
        """Kill the postmaster; its watchdog starts it again."""
        postmaster = self._database.pids[1]
        os.kill(postmaster, signal.SIGKILL)
        self.database_recoveries.append(await self._until(self._database_answers))

    async def database_restarted(self) -> None:
        """Let the postmaster end at once, as an immediate shutdown does."""
        os.kill(self._database.pids[1], signal.SIGQUIT)
        self.database_recoveries.append(await self._until(self._database_answers))

    async def backends_terminated(self) -> None:
        """Terminate every connection to the database."""
        connection = await asyncpg.connect(self._database.dsn)
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where pid <> pg_backend_pid() and datname = 'oms'"
        )
        await connection.close()

    async def broker_killed(self) -> None:
        """Kill the broker's node and start it again."""
        await self._node.kill()
        began = time.monotonic()
        await self._node.start()
        self.broker_recoveries.append(time.monotonic() - began)

    async def broker_stopped(self) -> None:
        """Stop the broker's application and start it again."""
        await self._node.control("stop_app")
        await self._node.control("start_app")

    async def memory_alarm(self) -> None:
        """Let the broker take nothing more for a while."""
        await self._node.control("set_vm_memory_high_watermark", "absolute", "1MB")
        await asyncio.sleep(self._dice.uniform(1, 3))
        await self._node.control("set_vm_memory_high_watermark", "0.4")

    async def connections_reset(self) -> None:
        """Reset every connection to the broker, or to the database."""
        self._dice.choice(self._proxies).cut()

    async def black_hole(self) -> None:
        """Carry nothing and close nothing for a while."""
        await self._toxic(lambda proxy: proxy.hold(), self._dice.uniform(1, 6))

    async def latency(self) -> None:
        """Carry everything later."""
        await self._toxic(lambda proxy: proxy.slow_down(latency=0.2), 3)

    async def slow(self) -> None:
        """Carry little at a time."""
        await self._toxic(lambda proxy: proxy.slow_down(latency=0.02, bytes_at_once=512), 3)

    async def half_open(self) -> None:
        """Close one side of each connection and leave the other open."""
        self._dice.choice(self._proxies).half_close()

    async def duplicates(self) -> None:
        """Publish again what was published before, out of turn."""
        async with await aio_pika.connect(f"amqp://127.0.0.1:{self._node.port}/", timeout=5) as connection:
            channel = await connection.channel()
            exchange = await channel.get_exchange("oms.events", ensure=False)
            taken: list[aio_pika.abc.AbstractIncomingMessage] = []
            queue = await channel.declare_queue("chaos.copies", exclusive=True)
            await queue.bind("oms.events", "#")
            ends = time.monotonic() + 1.5
            while time.monotonic() < ends:
                message = await queue.get(no_ack=True, fail=False)
                if message is None:
                    await asyncio.sleep(0.02)
                else:
                    taken.append(message)
            self._dice.shuffle(taken)
            for message in taken[:100]:
                copy = aio_pika.Message(
                    message.body, headers=message.headers, message_id=message.message_id, type=message.type,
                    content_type=message.content_type, delivery_mode=2, timestamp=message.timestamp,
                    app_id=message.app_id, correlation_id=message.correlation_id,
                )  # fmt: skip
                await exchange.publish(copy, routing_key=message.routing_key or "")
                self.counts["messages sent again"] += 1

    async def poisoned(self) -> None:
        """Publish an event that nobody can read."""
        event_id = uuid4()
        connection = await asyncpg.connect(self._database.dsn)
        self.perhaps.append(event_id)
        await connection.execute(
            _POISON, event_id, self._tenant, f"poison_{event_id.hex}", self._dice.randrange(8)
        )
        self.perhaps.remove(event_id)
        self.poison.append(event_id)
        await connection.close()

    async def one(self, name: str) -> None:
        """Let one happen and count it; that the database or the broker is away just then is no fault."""
        try:
            fault: Callable[[], Awaitable[None]] = getattr(self, name)
            await fault()
        except AWAY:
            return
        self.counts[name] += 1

    async def _toxic(self, begin: Callable[[Proxy], None], seconds: float) -> None:
        proxy = self._dice.choice(self._proxies)
        begin(proxy)
        await asyncio.sleep(seconds)
        proxy.flow()

    async def _database_answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self._database.dsn, timeout=5)
            await connection.execute("select 1")
            await connection.close()
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        return True

    @staticmethod
    async def _until(condition: Callable[[], Awaitable[bool]]) -> float:
        began = time.monotonic()
        while not await condition():
            assert time.monotonic() - began < 90, "the database did not come back"
            await asyncio.sleep(0.02)
        return time.monotonic() - began


EVERY: dict[str, float] = {
    "process_killed": 6,
    "process_restarted": 20,
    "database_killed": 30,
    "database_restarted": 45,
    "backends_terminated": 25,
    "broker_killed": 60,
    "broker_stopped": 90,
    "memory_alarm": 120,
    "connections_reset": 12,
    "black_hole": 25,
    "latency": 30,
    "slow": 30,
    "half_open": 25,
    "duplicates": 10,
    "poisoned": 3,
}
"""Seconds between two faults of a kind, on average."""


def schedule(name: str, dice: random.Random) -> float:
    """Return the seconds until the next fault of that kind."""
    return dice.expovariate(1 / EVERY[name])


def dumped(counts: Counter[str]) -> str:
    """Return counts as JSON, for a log."""
    return json.dumps(dict(sorted(counts.items())))
