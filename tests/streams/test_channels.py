"""Streams in all four shapes, the same whoever carries them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from acme_protos.streams.v1 import (
    BeltsClient,
    CountRequest,
    LoadPlateRequest,
    ServeRequest,
    StopRequest,
    StopResponse,
    WatchPlatesRequest,
)

from oms_wire.errors import (
    DeadlineExceeded,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    NotFound,
    Unavailable,
)
from oms_wire.service import Channel
from tests.streams.conftest import Served


@pytest.fixture
def belts(channel: Channel) -> BeltsClient:
    return BeltsClient(channel)


async def plates(*dishes: str, counter: str = "loc_a1") -> AsyncIterator[LoadPlateRequest]:
    for dish in dishes:
        yield LoadPlateRequest(counter_id=counter, dish=dish)


async def wishes(*dishes: str) -> AsyncIterator[ServeRequest]:
    for dish in dishes:
        yield ServeRequest(dish=dish)


async def test_one_request_and_many_answers(belts: BeltsClient) -> None:
    assert [answer.number async for answer in belts.count(CountRequest(to=300))] == list(range(300))
    assert [answer async for answer in belts.count(CountRequest(to=0))] == []


async def test_many_requests_and_one_answer(belts: BeltsClient, served: Served) -> None:
    assert (await belts.load_plates(plates("soup", "rice", "tea"))).loaded == 3
    assert [plate.dish for plate in served.belts.plates] == ["soup", "rice", "tea"]
    assert (await belts.load_plates(plates())).loaded == 3


async def test_each_side_at_its_own_pace(belts: BeltsClient) -> None:
    asked: asyncio.Queue[str] = asyncio.Queue()

    async def wanted() -> AsyncIterator[ServeRequest]:
        while dish := await asked.get():
            yield ServeRequest(dish=dish)

    async with aclosing(belts.serve(wanted())) as answers:
        for dish in ("soup", "rice"):
            asked.put_nowait(dish)
            assert (await anext(answers)).dish == dish
        asked.put_nowait("")
        assert [answer async for answer in answers] == []


async def test_unary_beside_streams(belts: BeltsClient) -> None:
    assert await belts.stop(StopRequest()) == StopResponse()


async def test_the_service_may_end_before_its_requests_do(belts: BeltsClient) -> None:
    never = asyncio.Event()
    left = asyncio.Event()

    async def wanted() -> AsyncIterator[ServeRequest]:
        try:
            yield ServeRequest(dish="soup")
            yield ServeRequest(dish="enough")
            await never.wait()
        finally:
            left.set()

    assert [answer.dish async for answer in belts.serve(wanted())] == ["soup"]
    async with asyncio.timeout(5):
        await left.wait()


async def test_who_reads_no_more_ends_the_stream(belts: BeltsClient, served: Served) -> None:
    served.belts.put("soup")
    async with aclosing(belts.watch_plates(WatchPlatesRequest(counter_id="loc_a1"))) as answers:
        assert (await anext(answers)).dish == "soup"
        assert not served.belts.ended.is_set()
    async with asyncio.timeout(5):
        await served.belts.ended.wait()


async def test_a_slow_reader_slows_the_service_down(belts: BeltsClient, served: Served) -> None:
    async with aclosing(belts.count(CountRequest(to=1_000_000))) as answers:
        await anext(answers)
        for _ in range(1000):
            await asyncio.sleep(0)
        assert served.belts.sent < 100_000  # gRPC lets as much pass as its window holds
    async with asyncio.timeout(5):
        await served.belts.ended.wait()


async def test_an_error_comes_after_what_was_before_it(belts: BeltsClient, served: Served) -> None:
    served.belts.put("soup", "burnt")
    seen = []
    with pytest.raises(Unavailable, match="the dish is burnt") as caught:
        async with aclosing(belts.watch_plates(WatchPlatesRequest(counter_id="loc_a1"))) as answers:
            while True:
                seen.append((await anext(answers)).dish)
    assert (seen, caught.value.code) == (["soup"], "BURNT")
    assert (caught.value.retry_after, caught.value.details) == (2, {"dish": "burnt"})


async def test_an_error_before_the_first_answer(belts: BeltsClient) -> None:
    with pytest.raises(NotFound, match="no belt"):
        await anext(belts.watch_plates(WatchPlatesRequest(counter_id="loc_a2")))


async def test_an_error_in_the_middle_of_the_requests(belts: BeltsClient) -> None:
    with pytest.raises(FailedPrecondition) as caught:
        await belts.load_plates(plates("soup", "full", "tea"))
    assert (caught.value.code, caught.value.details) == ("BELT_FULL", {"dish": "full"})


async def test_every_request_keeps_the_rules(belts: BeltsClient, served: Served) -> None:
    with pytest.raises(InvalidArgument) as caught:
        await belts.load_plates(plates("soup", "a dish with a long name", "tea"))
    assert [violation.field for violation in caught.value.violations] == ["dish"]
    assert [plate.dish for plate in served.belts.plates] == ["soup"]
    with pytest.raises(InvalidArgument):
        await anext(belts.count(CountRequest(to=-1)))


async def test_a_bug_is_no_secret_told(belts: BeltsClient, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Internal) as caught:
        await anext(belts.serve(wishes("bug")))
    assert "secret" not in str(caught.value)
    assert "ZeroDivisionError: a secret" in caplog.text


async def test_the_requests_own_error_reaches_who_made_them(belts: BeltsClient) -> None:
    async def broken() -> AsyncIterator[LoadPlateRequest]:
        yield LoadPlateRequest(counter_id="loc_a1", dish="soup")
        raise KeyError("mine")

    async def broken_wish() -> AsyncIterator[ServeRequest]:
        yield ServeRequest(dish="soup")
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await belts.load_plates(broken())
    with pytest.raises(KeyError, match="mine"):
        [answer async for answer in belts.serve(broken_wish())]


async def test_a_deadline_is_for_the_whole_stream(belts: BeltsClient, served: Served) -> None:
    with pytest.raises(DeadlineExceeded):
        [_ async for _ in belts.watch_plates(WatchPlatesRequest(counter_id="loc_a1"), timeout=0.1)]
    async with asyncio.timeout(5):
        await served.belts.ended.wait()


async def test_a_stream_begins_behind_its_cursor(belts: BeltsClient, served: Served) -> None:
    served.belts.put("soup", "rice", "tea")
    request = WatchPlatesRequest(counter_id="loc_a1", after="c1")
    async with aclosing(belts.watch_plates(request)) as answers:
        assert [(await anext(answers)).dish for _ in range(2)] == ["rice", "tea"]
