"""What only a broker can do to events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

import pytest
from aio_pika import Message, connect
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from oms_core.ids import new_id
from oms_core.messaging import Broker, Envelope, Messaging, Relay, RetryPolicy, Route, Subscription, routes
from oms_core.messaging.rabbit import RabbitTransport, publisher
from oms_core.messaging.rabbit.connection import BrokerUnavailable
from oms_core.messaging.rabbit.message import NotAnEvent, from_message, to_message
from oms_core.messaging.rabbit.topology import declare_exchanges
from oms_core.messaging.subscription import wanted
from oms_core.storage import Database, PluginTables, migrate
from oms_core.storage.connection import connect as connect_database
from tests.messaging.conftest import EFFECTS
from tests.messaging.proxy import Proxy, proxy
from tests.messaging.things import NOON, Counted, PostgresWorld, subscription

QUICK = RetryPolicy(immediate=20, soon=0.01, later=())


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(
    database: Database, dsn: str, broker: Broker, *subscriptions: Subscription
) -> AsyncIterator[Messaging]:
    messaging = Messaging(database, dsn, subscriptions, broker=broker, policy=QUICK, poll=0.02)
    await messaging.start()
    try:
        yield messaging
    finally:
        await messaging.drain(5)


def through(broker: Broker, proxy: Proxy) -> Broker:
    url = URL(broker.url).with_host("127.0.0.1").with_port(proxy.port)
    return replace(broker, url=str(url.update_query(heartbeat=1)))


async def unrouted(broker: Broker) -> list[str | None]:
    """Return the types of the messages that nobody wanted."""
    connection = await connect(broker.address)
    async with connection:
        channel = await connection.channel()
        await declare_exchanges(channel, broker)
        queue = await channel.get_queue(broker.unrouted)
        found = []
        while (message := await queue.get(fail=False)) is not None:
            found.append(message.type)
            await message.ack()
        return found


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


class Incoming:
    """A message as it comes from the broker."""

    def __init__(self, message: Message) -> None:
        self.headers, self.body = message.headers, message.body


@given(
    envelope=st.builds(
        Envelope,
        seq=st.integers(1, 2**63 - 1),
        event_id=st.uuids(),
        tenant=texts,
        plugin=texts,
        type=texts,
        schema_version=st.integers(1, 1000),
        aggregate_id=texts,
        aggregate_version=st.integers(1, 2**63 - 1),
        part=st.integers(0, 7),
        payload=st.binary(max_size=200),
        headers=st.dictionaries(st.sampled_from(["trace", "locale", "traceparent"]), texts),
        created_at=st.datetimes(timezones=st.just(NOON.tzinfo)),
    )
)
def test_an_envelope_survives_its_message(envelope: Envelope) -> None:
    assert from_message(Incoming(to_message(envelope))) == envelope  # type: ignore[arg-type]


@given(headers=st.dictionaries(texts, st.one_of(texts, st.integers(), st.none())))
def test_a_message_that_is_no_event_says_so(headers: dict[str, object]) -> None:
    with pytest.raises(NotAnEvent):
        from_message(Incoming(Message(b"", headers=headers)))  # type: ignore[arg-type]


async def test_an_event_that_nobody_wants_lies_with_the_unrouted(
    database: Database, events_dsn: str, broker: Broker, postgres_world: PostgresWorld
) -> None:
    async def note(_: Counted) -> None:
        pass

    async with running(database, events_dsn, broker, Subscription("pong.note", Other, note)):
        await postgres_world.publish(Counted("a", 1))

        async def gone() -> bool:
            return await postgres_world.left() == (0, 0)

        await until(gone)
    assert await unrouted(broker) == ["ping.counted"]


class Other(Counted):
    EVENT = type(Counted.EVENT)("ping.other", 1, "thing_id")


async def test_what_no_queue_takes_stays_in_the_outbox(
    database: Database, broker: Broker, postgres_world: PostgresWorld
) -> None:
    async def note(_: Counted) -> None:
        pass

    ready = asyncio.Event()
    transport = RabbitTransport(broker, wanted(routes([subscription(note)])), on_open=ready.set)
    transport.start()
    try:
        await ready.wait()
        connection = await connect(broker.address)
        async with connection:
            channel = await connection.channel()
            await channel.queue_delete(broker.unrouted)
            for part in range(8):
                await channel.queue_delete(broker.queue("pong", part))
        await postgres_world.publish(Counted("a", 1))
        ready.clear()
        with pytest.raises(BrokerUnavailable, match="did not confirm 1 of 1 events: PublishError"):
            await Relay(postgres_world.outbox, transport).relay_once()
        assert await postgres_world.left() == (1, 0)
        await ready.wait()  # it connects anew and declares what was missing
        assert await Relay(postgres_world.outbox, transport).relay_once() == 1
    finally:
        await transport.stop()
    assert await postgres_world.left() == (0, 0)


async def test_a_message_that_is_no_event_is_put_aside_and_holds_up_nobody(
    database: Database, events_dsn: str, broker: Broker, postgres_world: PostgresWorld
) -> None:
    async def note(event: Counted) -> None:
        await postgres_world.effect(f"{event.number}")

    async with running(database, events_dsn, broker, subscription(note)) as messaging:

        async def connected() -> bool:
            return not messaging.troubles

        await until(connected)
        connection = await connect(broker.address)
        async with connection:
            channel = await connection.channel()
            for part in range(8):
                await channel.default_exchange.publish(
                    Message(b"spam", type="spam"), routing_key=broker.queue("pong", part)
                )
        await postgres_world.publish(*(Counted("a", number) for number in range(1, 4)))

        async def handled() -> bool:
            return await postgres_world.effects() == ["1", "2", "3"]

        await until(handled)
    assert await unrouted(broker) == ["spam"] * 8


async def test_events_wait_for_a_broker_that_is_away_at_the_start(
    database: Database, events_dsn: str, broker: Broker, postgres_world: PostgresWorld
) -> None:
    async def note(event: Counted) -> None:
        await postgres_world.effect(f"{event.number}")

    async with proxy(URL(broker.url).port or 5672) as way:
        way.refuses = True
        async with running(database, events_dsn, through(broker, way), subscription(note)) as messaging:
            await postgres_world.publish(Counted("a", 1))

            async def told() -> bool:
                return any("not connected" not in trouble for trouble in messaging.troubles.values())

            await until(told)
            assert set(messaging.troubles) == {"broker publisher", "broker consumer"}
            assert await postgres_world.left() == (1, 0)
            way.refuses = False

            async def handled() -> bool:
                return await postgres_world.effects() == ["1"]

            await until(handled)
            assert messaging.troubles == {}
    assert await postgres_world.left() == (0, 0)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher, "PUBLISH_SECONDS", 1.0)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", ["cut", "hold"])
async def test_a_connection_that_breaks_loses_nothing_and_repeats_nothing(
    database: Database, events_dsn: str, broker: Broker, postgres_world: PostgresWorld, fault: str
) -> None:

    async def note(event: Counted) -> None:
        await postgres_world.effect(f"{event.thing_id}.{event.number}")

    async with (
        proxy(URL(broker.url).port or 5672) as way,
        running(database, events_dsn, through(broker, way), subscription(note)) as messaging,
    ):

        async def connected() -> bool:
            return not messaging.troubles

        await until(connected)
        for number in range(1, 61):
            await postgres_world.publish(*(Counted(f"t{n}", number) for n in range(4)))
            if number % 20 == 0:
                if fault == "cut":
                    way.cut()
                else:
                    way.hold()
                    asyncio.get_running_loop().call_later(2, way.flow)
            await asyncio.sleep(0.005)

        async def handled() -> bool:
            return len(await postgres_world.effects()) >= 240

        await until(handled, 60)
        await until(connected)
    effects = await postgres_world.effects()
    for n in range(4):
        mine = [text for text in effects if text.startswith(f"t{n}.")]
        assert mine == [f"t{n}.{number}" for number in range(1, 61)]


async def test_queues_that_are_deleted_under_way_come_back(
    database: Database, events_dsn: str, broker: Broker, postgres_world: PostgresWorld
) -> None:
    async def note(event: Counted) -> None:
        await postgres_world.effect(f"{event.number}")

    async with running(database, events_dsn, broker, subscription(note)) as messaging:

        async def connected() -> bool:
            return not messaging.troubles

        await until(connected)
        connection = await connect(broker.address)
        async with connection:
            channel = await connection.channel()
            for part in range(8):
                await channel.queue_delete(broker.queue("pong", part))

            async def consumed_again() -> bool:
                fresh = await connection.channel()
                try:
                    counts = [
                        (
                            await fresh.declare_queue(broker.queue("pong", part), passive=True)
                        ).declaration_result
                        for part in range(8)
                    ]
                except Exception:
                    return False
                return all(one.consumer_count for one in counts)

            await until(consumed_again)
        await postgres_world.publish(Counted("a", 1))

        async def handled() -> bool:
            return await postgres_world.effects() == ["1"]

        await until(handled)


async def test_two_databases_meet_at_the_broker(
    database: Database, events_dsn: str, broker: Broker, postgres_world: PostgresWorld
) -> None:
    """Both number their events from 1, and neither is taken for the other."""
    administrator = await connect_database(events_dsn)
    name = new_id("test")
    await administrator.execute(f"create database {name}")
    try:
        other_dsn = urlunsplit(urlsplit(events_dsn)._replace(path=f"/{name}"))
        await migrate(other_dsn, [PluginTables("ping"), PluginTables("pong")])
        connection = await connect_database(other_dsn)
        await connection.execute(EFFECTS)
        await connection.close()
        other = await Database.open(other_dsn, plugins=["ping", "pong"])
        publisher_there = PostgresWorld(other, other_dsn, None)  # type: ignore[arg-type]

        async def note(event: Counted) -> None:
            await postgres_world.effect(f"{event.thing_id}{event.number}")

        async with running(database, events_dsn, broker, subscription(note)) as handling:
            publishing = Messaging(
                other,
                other_dsn,
                [],
                broker=broker,
                elsewhere={"ping.counted": [Route("pong.hear")]},
                poll=0.02,
            )
            await publishing.start()
            await postgres_world.publish(*(Counted("a", number) for number in range(1, 6)))
            await publisher_there.publish(*(Counted("b", number) for number in range(1, 6)))

            async def handled() -> bool:
                return len(await postgres_world.effects()) == 10

            await until(handled)
            await publishing.drain(1)
            assert handling.troubles == {}
        await other.close()
        assert sorted(await postgres_world.effects()) == [f"{t}{n}" for t in "ab" for n in range(1, 6)]
    finally:
        await administrator.execute(f"drop database {name} with (force)")
        await administrator.close()


async def test_one_process_at_a_time_has_a_partition_and_another_takes_over(
    database: Database, events_dsn: str, broker: Broker, postgres_world: PostgresWorld
) -> None:
    async def note(event: Counted) -> None:
        await postgres_world.effect(f"{event.number}")

    second = await Database.open(events_dsn, plugins=["ping", "pong"])
    try:
        async with running(second, events_dsn, broker, subscription(note)):
            async with running(database, events_dsn, broker, subscription(note)):
                for number in range(1, 21):
                    await postgres_world.publish(Counted("a", number))
            for number in range(21, 41):
                await postgres_world.publish(Counted("a", number))

            async def handled() -> bool:
                return len(await postgres_world.effects()) >= 40

            await until(handled)
    finally:
        await second.close()
    assert await postgres_world.effects() == [f"{number}" for number in range(1, 41)]


def test_an_address_is_shown_without_its_password() -> None:
    broker = Broker("amqp://guest:secret@127.0.0.1:5672/chain")
    assert broker.shown == "amqp://127.0.0.1:5672/chain"
    assert broker.address.query["heartbeat"] == "10"
