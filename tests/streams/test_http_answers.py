"""A stream of answers over HTTP: server-sent events and lines, as their readers see them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest

from tests.streams.conftest import Served
from tests.streams.reading import events, lines, said

SSE = {"accept": "text/event-stream"}
PLATES = "/v1/counters/loc_a1/plates:watch"


async def test_events_have_the_cursor_as_their_id(http: httpx.AsyncClient, served: Served) -> None:
    served.belts.put("soup", "rice")
    async with http.stream("GET", PLATES, headers=SSE) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-request-id"]
        stream = said(answer)
        first, second = await anext(stream), await anext(stream)
        assert (first.kind, first.id, first.json) == ("", "c1", {"dish": "soup", "cursor": "c1"})
        assert (second.id, second.json["dish"]) == ("c2", "rice")
        served.belts.put("tea")
        assert (await anext(stream)).json["dish"] == "tea"


async def test_lines_wrap_each_answer(http: httpx.AsyncClient, served: Served) -> None:
    served.belts.put("soup")
    for accept in ("application/x-ndjson", "*/*", "application/*, text/event-stream;q=0.5"):
        async with http.stream("GET", PLATES, headers={"accept": accept}) as answer:
            assert answer.headers["content-type"] == "application/x-ndjson"
            assert await anext(lines(answer)) == {"result": {"dish": "soup", "cursor": "c1"}}


async def test_the_accept_header_decides_by_weight(http: httpx.AsyncClient, served: Served) -> None:
    served.belts.put("soup")
    accept = "application/x-ndjson;q=0.3, text/event-stream;q=0.9"
    async with http.stream("GET", PLATES, headers={"accept": accept}) as answer:
        assert answer.headers["content-type"] == "text/event-stream"


@pytest.mark.parametrize("accept", ["application/json", "text/html", "x", ";;;=", "a/b;q=inf"])
async def test_no_other_format(http: httpx.AsyncClient, accept: str) -> None:
    answer = await http.get(PLATES, headers={"accept": accept})
    assert (answer.status_code, answer.json()["code"]) == (406, "NOT_ACCEPTABLE")
    assert "text/event-stream" in answer.json()["detail"]


async def test_a_complete_stream_says_so(http: httpx.AsyncClient) -> None:
    async with http.stream("POST", "/v1/count", json={"to": 2}, headers=SSE) as answer:
        assert [(event.kind, event.json) async for event in said(answer)] == [
            ("", {}),
            ("", {"number": 1}),
            ("end", {}),
        ]
    async with http.stream("POST", "/v1/count", json={"to": 2}) as answer:
        assert [line async for line in lines(answer)] == [{"result": {}}, {"result": {"number": 1}}]
    assert (await http.post("/v1/count", json={})).text == ""


async def test_a_response_body_is_what_is_streamed(http: httpx.AsyncClient, served: Served) -> None:
    served.belts.put("soup")
    async with http.stream("GET", "/v1/counters/loc_a1/dishes:watch", headers=SSE) as answer:
        event = await anext(said(answer))
        assert (event.id, event.json) == ("c1", "soup")


async def test_a_stream_goes_on_behind_the_last_event(http: httpx.AsyncClient, served: Served) -> None:
    served.belts.put("soup", "rice", "tea")
    async with http.stream("GET", PLATES, headers={**SSE, "last-event-id": "c2"}) as answer:
        assert (await anext(said(answer))).json["dish"] == "tea"
    # What a browser sends by itself is newer than what stands in its address.
    async with http.stream("GET", PLATES + "?after=c1", headers={"last-event-id": "c2"}) as answer:
        assert (await anext(lines(answer)))["result"]["dish"] == "tea"
    async with http.stream("GET", PLATES + "?after=c1") as answer:
        assert (await anext(lines(answer)))["result"]["dish"] == "rice"


async def test_a_last_event_that_is_no_text(served: Served, http: httpx.AsyncClient) -> None:
    answer = await http.get(PLATES, headers=[(b"last-event-id", b"\xff")])
    assert (answer.status_code, answer.json()["code"]) == (400, "CURSOR_INVALID")


async def test_silence_is_broken_by_heartbeats(http: httpx.AsyncClient) -> None:
    async with http.stream("GET", PLATES, headers=SSE) as answer:
        stream = events(answer)
        assert [(await anext(stream)).data for _ in range(3)] == [[], [], []]
    async with http.stream("GET", PLATES) as answer:
        stream = answer.aiter_lines()
        assert [await anext(stream) for _ in range(3)] == ["", "", ""]


async def test_an_error_before_the_first_answer_has_its_status(http: httpx.AsyncClient) -> None:
    for headers in (SSE, {}):
        answer = await http.get("/v1/counters/loc_a2/plates:watch", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "BELT_STANDS")
        assert answer.headers["content-type"] == "application/problem+json"
    answer = await http.post("/v1/count", json={"to": -1})
    assert (answer.status_code, answer.json()["violations"][0]["field"]) == (400, "to")
    answer = await http.post("/v1/count", json={"to": "x"})
    assert (answer.status_code, answer.json()["violations"][0]["field"]) == (400, "to")


async def test_an_error_among_answers_ends_the_stream(http: httpx.AsyncClient, served: Served) -> None:
    served.belts.put("soup", "burnt", "tea")
    async with http.stream("GET", PLATES, headers=SSE) as answer:
        first, last = [event async for event in said(answer)]
    assert first.json["dish"] == "soup"
    assert (last.kind, last.retry, last.id) == ("problem", 2000, "")
    problem = last.json
    assert (problem["code"], problem["status"], problem["dish"]) == ("BURNT", 503, "burnt")
    assert problem["instance"] == answer.headers["x-request-id"]
    async with http.stream("GET", PLATES) as answer:
        first_line, last_line = [line async for line in lines(answer)]
    assert first_line["result"]["dish"] == "soup"
    assert last_line["error"]["code"] == "BURNT"


async def test_a_bug_is_no_secret_told(
    http: httpx.AsyncClient, served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    served.belts.put("soup", "bug")
    async with http.stream("GET", PLATES) as answer:
        *_, last = [line async for line in lines(answer)]
    assert last["error"]["code"] == "INTERNAL"
    assert "secret" not in str(last)
    assert last["error"]["instance"] in caplog.text


async def test_a_cursor_that_no_event_can_carry_is_a_bug(
    http: httpx.AsyncClient, served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    served.belts.put("soup")
    served.belts.plates[0].cursor = "a\nb"
    answer = await http.get(PLATES, headers=SSE)
    assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL")
    assert "has characters" in caplog.text


async def test_who_hangs_up_ends_the_stream(http: httpx.AsyncClient, served: Served) -> None:
    for headers in (SSE, {}):
        served.belts.ended.clear()
        async with http.stream("GET", PLATES, headers=headers):
            assert not served.belts.ended.is_set()
        async with asyncio.timeout(5):
            await served.belts.ended.wait()
    assert len(served.endpoints.open_streams) == 0


async def test_who_reads_slowly_slows_the_service_down(http: httpx.AsyncClient, served: Served) -> None:
    async with http.stream("POST", "/v1/count", json={"to": 2_000_000}) as answer:
        stream = lines(answer)
        await anext(stream)
        before = -1
        while before != served.belts.sent:
            before = served.belts.sent
            await asyncio.sleep(0.05)
        assert 0 < served.belts.sent < 1_000_000
        await stream.aclose()
    async with asyncio.timeout(5):
        await served.belts.ended.wait()


async def test_permission_comes_before_the_stream(served: Served) -> None:
    base = f"http://127.0.0.1:{served.http.port}"
    async with httpx.AsyncClient(base_url=base, trust_env=False) as anyone:
        assert (await anyone.get(PLATES)).status_code == 401
        headers = {"authorization": f"Bearer {served.token(('cook', 'loc_a2'))}"}
        assert (await anyone.get(PLATES, headers=headers)).status_code == 403
        assert (await anyone.post("/v1/count", json={"to": 1})).json() == {"result": {}}


async def test_no_stream_outlives_its_token(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oms_core.servers.entrance.LEEWAY", 0)
    base = f"http://127.0.0.1:{served.http.port}"
    headers = {"authorization": f"Bearer {served.token(ttl=timedelta(seconds=2))}"}
    async with (
        httpx.AsyncClient(base_url=base, headers=headers, trust_env=False) as cook,
        cook.stream("GET", PLATES) as answer,
    ):
        [line] = [line async for line in lines(answer)]
    assert line["error"]["code"] == "DEADLINE_EXCEEDED"


async def test_a_caller_may_want_less_time(http: httpx.AsyncClient) -> None:
    async with http.stream("GET", PLATES, headers={"x-request-timeout": "0.3"}) as answer:
        [line] = [line async for line in lines(answer)]
    assert line["error"]["code"] == "DEADLINE_EXCEEDED"
