"""One key, one effect, one answer: driven through an endpoint, on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

import pytest
import pytest_asyncio

from oms_core.calls.claim import Claim, ClaimLost
from oms_core.calls.idempotency import LEASE, Claims, StoredAnswer, check_key, fingerprint
from oms_core.calls.ids import derived_key, new_id
from oms_core.clock import FixedClock
from oms_core.context import Context, Principal, use
from oms_core.ids import is_id
from oms_core.messaging.housekeeping import forget
from oms_core.steps import observed
from oms_core.storage import Database, PluginTables, migrate
from oms_core.storage.connection import connect
from oms_wire.errors import Aborted, AlreadyExists, Internal, InvalidArgument, NotFound, RpcError
from oms_wire.method import Access, Idempotency, Method, Scope

NOON = datetime(2031, 5, 6, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ANNA = Principal("user:anna")

TABLE = """
create table shop.thing (id text primary key, tenant text not null default current_setting('oms.tenant'));
grant select, insert on shop.thing to oms_shop
"""

THINGS = "select id from shop.thing where tenant = current_setting('oms.tenant') order by id"


@dataclass
class Text:
    """A message of one text."""

    text: str = ""

    def __bytes__(self) -> bytes:
        return self.text.encode()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls(data.decode())

    def encode_json(self) -> bytes:
        raise NotImplementedError

    @classmethod
    def decode_json(cls, data: bytes) -> Self:
        raise NotImplementedError


MAKE = Method(
    "test.shop.v1.Shop/MakeThing", "make_thing", Text, Text, Access("", Scope.PUBLIC), Idempotency.KEYED
)
Handle = Callable[[Text], Awaitable[Text]]


class Shop:
    """A service that makes things, and what is needed to call it with a key."""

    def __init__(self, database: Database) -> None:
        self.clock = FixedClock(NOON)
        self.claims = Claims(database, clock=self.clock)
        self.storage = database.storage("shop")
        self.attempts: list[str] = []

    async def make(self, request: Text) -> Text:
        return await self.make_in(None, request)

    async def make_in(self, tenant: str | None, request: Text) -> Text:
        thing = new_id("thg")
        self.attempts.append(thing)
        async with self.storage.transaction(tenant=tenant) as tx:
            await tx.execute("insert into shop.thing (id) values ($1)", thing)
            answer = Text(f"{request.text} {thing}")
            tx.answer(answer)
        return answer

    async def call(
        self,
        key: str,
        text: str = "one",
        handle: Handle | None = None,
        *,
        tenant: str = "chn_a",
        who: Principal = ANNA,
    ) -> str:
        context = Context(tenant, who)
        with use(context):
            answer = await self.claims.once(
                MAKE, Text(text), handle or self.make, plugin="shop", key=key, context=context
            )
        return answer.text

    async def things(self, tenant: str = "chn_a") -> list[str]:
        async with self.storage.transaction(tenant=tenant) as tx:
            return [row["id"] for row in await tx.fetch(THINGS)]

    async def begin(self, key: str, text: str = "one") -> Claim | StoredAnswer:
        context = Context("chn_a", ANNA)
        with use(context):
            return await self.claims.begin(
                self.storage, MAKE.full_name, key, fingerprint(text.encode()), context
            )


@pytest_asyncio.fixture
async def shop(database_dsn: str) -> AsyncIterator[Shop]:
    await migrate(database_dsn, [PluginTables("shop")])
    connection = await connect(database_dsn)
    await connection.execute(TABLE)
    await connection.close()
    database = await Database.open(database_dsn, plugins=["shop"], pool_size=5)
    yield Shop(database)
    await database.close()


async def test_a_repeated_call_has_one_effect_and_the_same_answer(shop: Shop) -> None:
    answers = {await shop.call("k1") for _ in range(3)}
    assert len(answers) == 1
    assert len(shop.attempts) == len(await shop.things()) == 1


async def test_another_key_principal_or_tenant_is_another_call(shop: Shop) -> None:
    await shop.call("k1")
    await shop.call("k2")
    await shop.call("k1", who=Principal("user:ben"))
    await shop.call("k1", tenant="chn_b")
    assert len(await shop.things("chn_a")) == 3
    assert len(await shop.things("chn_b")) == 1


async def test_another_request_under_one_key_is_a_conflict(shop: Shop) -> None:
    await shop.call("k1", "one")
    with pytest.raises(AlreadyExists) as caught:
        await shop.call("k1", "two")
    assert (caught.value.code, caught.value.http_status) == ("IDEMPOTENCY_KEY_REUSED", 409)
    assert len(await shop.things()) == 1


async def test_a_hundred_parallel_retries_have_one_effect_and_starve_nobody(shop: Shop) -> None:
    begun, free = asyncio.Event(), asyncio.Event()

    async def slow(request: Text) -> Text:
        begun.set()
        await free.wait()
        return await shop.make(request)

    retries = [asyncio.create_task(shop.call("k1", handle=slow)) for _ in range(100)]
    await begun.wait()
    async with asyncio.timeout(2):
        await shop.call("unrelated", "other")
    free.set()
    outcomes = await asyncio.gather(*retries, return_exceptions=True)
    answers = {outcome for outcome in outcomes if isinstance(outcome, str)}
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Aborted)]
    assert len(answers) == 1
    assert len(refusals) + sum(isinstance(outcome, str) for outcome in outcomes) == 100
    assert {refusal.code for refusal in refusals} == {"IDEMPOTENCY_IN_PROGRESS"}
    assert all(refusal.retry_after for refusal in refusals)
    assert len(await shop.things()) == 2
    assert await shop.call("k1") in answers


async def test_a_failed_call_gives_its_key_back_to_a_corrected_one(shop: Shop) -> None:
    async def refuse(_: Text) -> Text:
        raise NotFound("THING_NOT_FOUND", "there is no such thing")

    for _ in range(2):
        with pytest.raises(NotFound):
            await shop.call("k1", "wrong", refuse)
    await shop.call("k1", "right")
    assert len(await shop.things()) == 1


async def test_the_same_request_again_after_a_failure_makes_the_same_ids_and_keys(shop: Shop) -> None:
    seen: list[tuple[str, str, str, str]] = []

    async def flaky(request: Text) -> Text:
        seen.append((new_id("a"), new_id("a"), new_id("b"), derived_key("test.Pay/Authorise")))
        if len(seen) < 3:
            raise NotFound("NOT_YET", "not yet")
        return await shop.make(request)

    for _ in range(2):
        with pytest.raises(NotFound):
            await shop.call("k1", handle=flaky)
    await shop.call("k1", handle=flaky)
    assert len(set(seen)) == 1
    assert len(set(seen[0])) == 4
    assert is_id(seen[0][0], "a")
    first = seen.copy()
    await shop.call("k2", handle=flaky)
    assert seen[-1] not in first


def test_outside_of_a_claim_ids_are_fresh() -> None:
    assert len({new_id("a"), new_id("a"), derived_key("m"), derived_key("m")}) == 4


async def test_a_retry_after_the_lease_takes_over_with_the_same_ids_and_the_old_holder_is_stopped(
    shop: Shop,
) -> None:
    stuck, free = asyncio.Event(), asyncio.Event()

    async def slow(request: Text) -> Text:
        stuck.set()
        await free.wait()
        return await shop.make(request)

    late = asyncio.create_task(shop.call("k1", handle=slow))
    await stuck.wait()
    shop.clock.set(NOON + LEASE - SECOND)
    with pytest.raises(Aborted, match="IN_PROGRESS"):
        await shop.call("k1")
    shop.clock.set(NOON + LEASE + SECOND)
    answer = await shop.call("k1")
    free.set()
    # The old holder makes the very same id, so its insert already meets the retry's row.
    [overtaken] = await asyncio.gather(late, return_exceptions=True)
    assert isinstance(overtaken, Exception)
    assert await shop.things() == shop.attempts[:1]
    assert shop.attempts[0] == shop.attempts[1]
    assert await shop.call("k1") == answer


async def test_whoever_lost_the_claim_cannot_commit(shop: Shop) -> None:
    async def overtaken(_: Text) -> Text:
        shop.clock.set(shop.clock.now() + LEASE + SECOND)
        retry = await shop.begin("k1")
        assert isinstance(retry, Claim)
        async with shop.storage.transaction() as tx:
            await tx.execute("insert into shop.thing (id) values ('lost')")
            tx.answer(Text("lost"))
        raise AssertionError("this line is never reached")

    with pytest.raises(ClaimLost) as caught:
        await shop.call("k1", handle=overtaken)
    assert caught.value.http_status == 409
    assert await shop.things() == []


async def test_an_answer_is_kept_for_a_day_from_the_attempt_that_gave_it(
    shop: Shop, database_dsn: str
) -> None:
    async def refuse(_: Text) -> Text:
        raise NotFound("NOT_YET", "not yet")

    with pytest.raises(NotFound):
        await shop.call("k1", handle=refuse)
    connection = await connect(database_dsn)
    await connection.execute("update oms.idempotency set created_at = now() - interval '23 hours 59 minutes'")
    await connection.close()
    answer = await shop.call("k1")
    await forget(database_dsn, now=datetime.now(UTC) + timedelta(minutes=5))
    assert await shop.call("k1") == answer
    assert len(await shop.things()) == 1


async def test_a_process_that_dies_leaves_a_claim_that_a_retry_takes_over(shop: Shop) -> None:
    first = await shop.begin("k1")
    assert isinstance(first, Claim)
    with pytest.raises(Aborted):
        await shop.begin("k1")
    shop.clock.set(NOON + LEASE)
    second = await shop.begin("k1")
    assert isinstance(second, Claim)
    assert second.uuid == first.uuid
    assert second.holder != first.holder
    await first.release()  # the dead holder's last word must not free the retry's claim
    with pytest.raises(Aborted):
        await shop.begin("k1")


class Crash(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("where", ["claim.begun", "claim.answered"])
async def test_a_crash_at_any_step_leaves_at_most_one_effect_and_a_key_that_works(
    shop: Shop, where: str
) -> None:
    def die(name: str) -> None:
        if name == where:
            raise Crash

    with observed(die), pytest.raises(Crash):
        await shop.call("k1")
    shop.clock.set(NOON + LEASE + SECOND)
    answer = await shop.call("k1")
    assert len(await shop.things()) == 1
    assert await shop.call("k1") == answer


async def test_an_effect_in_another_tenant_keeps_its_answer_where_the_key_lies(shop: Shop) -> None:
    async def found(request: Text) -> Text:
        return await shop.make_in("chn_new", request)

    answer = await shop.call("k1", handle=found, tenant="platform")
    assert await shop.call("k1", handle=found, tenant="platform") == answer
    assert len(await shop.things("chn_new")) == 1
    assert await shop.things("platform") == []


async def test_success_without_an_answer_is_an_error_that_names_the_method(shop: Shop) -> None:
    async def forgetful(request: Text) -> Text:
        async with shop.storage.transaction():
            pass
        return request

    with pytest.raises(Internal, match=r"MakeThing.*tx\.answer"):
        await shop.call("k1", handle=forgetful)


async def test_a_keyed_call_inside_another_keeps_both_answers_apart(shop: Shop) -> None:
    inner_answers: list[str] = []

    async def outer(request: Text) -> Text:
        inner_answers.append(await shop.call("inner", "inner", who=Principal("plugin:shop")))
        return await shop.make(request)

    answer = await shop.call("outer", "outer", outer)
    assert await shop.call("outer", "outer") == answer
    assert await shop.call("inner", "inner", who=Principal("plugin:shop")) == inner_answers[0]
    assert len(await shop.things()) == 2


async def test_a_cancelled_call_gives_its_key_back(shop: Shop) -> None:
    begun = asyncio.Event()

    async def hang(_: Text) -> Text:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    task = asyncio.create_task(shop.call("k1", handle=hang))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await shop.call("k1")


async def test_a_call_that_is_cancelled_at_any_moment_gives_its_key_back(shop: Shop) -> None:
    for moment in range(0, 120, 2):
        key = f"k{moment}"
        task = asyncio.create_task(shop.call(key))
        for _ in range(moment):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        # At once, without waiting for a lease: an answer, be it the first call's or this one's.
        answer = await shop.call(key)
        assert await shop.call(key) == answer
    assert len(await shop.things()) == 60


async def test_who_is_cancelled_twice_gives_the_key_back_too(shop: Shop) -> None:
    begun = asyncio.Event()

    async def hang(_: Text) -> Text:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    task = asyncio.create_task(shop.call("k1", handle=hang))
    await begun.wait()
    released = asyncio.Event()
    with observed(lambda name: released.set() if name == "claim.released" else None):
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        async with asyncio.timeout(5):
            await released.wait()
    await shop.call("k1")


async def test_a_failure_is_told_though_the_key_cannot_be_given_back_soon(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oms_core.calls.claim.RELEASE_SECONDS", 0.05)

    free = asyncio.Event()
    holders: list[asyncio.Task[None]] = []

    async def hold(taken: asyncio.Event) -> None:
        async with shop.storage.transaction():
            taken.set()
            await free.wait()

    async def fail_while_every_connection_is_taken(_: Text) -> Text:
        for _connection in range(5):
            taken = asyncio.Event()
            holders.append(asyncio.create_task(hold(taken)))
            await taken.wait()
        raise NotFound("THING_NOT_FOUND", "there is no such thing")

    async with asyncio.timeout(5):
        with pytest.raises(NotFound):
            await shop.call("k1", handle=fail_while_every_connection_is_taken)
    free.set()
    await asyncio.gather(*holders)


@pytest.mark.parametrize("key", ["", "x" * 256, "ümlaut", "two\nlines", "tab\t", "\x7f"])
def test_a_malformed_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidArgument):
        check_key(key)


@pytest.mark.parametrize("key", ["x", "x" * 255, "with space ~!", "0192f7a4-5b7c-7c31-9d0e-3f2a8f1b6c55"])
def test_printable_ascii_is_a_key(key: str) -> None:
    check_key(key)


async def test_a_refusal_is_an_answer_to_a_call(shop: Shop) -> None:
    await shop.begin("k1")
    with pytest.raises(RpcError) as caught:
        await shop.call("k1")
    assert caught.value.http_status == 409
    assert caught.value.retry_after == 1.0
