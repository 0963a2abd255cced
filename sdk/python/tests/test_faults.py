"""What a bad network and a bad server do to a call, the same for threads and for tasks."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

import pytest

from oms_sdk import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    ConflictError,
    OMSError,
    RateLimitError,
    UnavailableError,
    UnreadableResponseError,
)
from sdk.python.tests.conftest import Client, FakeClock
from sdk.python.tests.faulty_server import (
    Fault,
    FaultyServer,
    answer,
    drip,
    html,
    problem,
    reset,
    stall,
    status,
    truncated,
)


def get(oms: Any) -> Any:
    return oms.orders.get("ord_1")


def place(oms: Any) -> Any:
    return oms.orders.place(location_id="loc_1", quote_token="q")


def unkeyed(oms: Any) -> Any:
    return oms.request("POST", "/v1/anything", json={"a": 1})


HARMLESS = {
    "reset": reset,
    "truncated": truncated,
    "html": html,
    "empty": status(200),
    "other json": answer([1]),
    "408": status(408),
    "429": status(429),
    "500": status(500),
    "502 html": status(502, b"<html>", content_type="text/html"),
    "503": status(503),
    "504": status(504),
    "in progress": problem(409, "IDEMPOTENCY_IN_PROGRESS", "Aborted"),
    "said so": status(400, oms_should_retry="true"),
}
FINAL = {
    "400": problem(400, "INVALID_FIELD", "Invalid argument"),
    "404": status(404),
    "409": problem(409, "ORDER_CHANGED", "Aborted"),
    "501": status(501),
    "said so": status(500, oms_should_retry="false"),
    "redirect": status(302, location="http://elsewhere.test/"),
    "permanent redirect": status(308, location="http://elsewhere.test/"),
    "an hour": status(429, retry_after="3600"),
}


@pytest.mark.parametrize("call", [get, place])
@pytest.mark.parametrize("name", HARMLESS)
async def test_what_passes_is_tried_again(client: Client, faulty: FaultyServer, name: str, call: Any) -> None:
    faulty.script = [HARMLESS[name], HARMLESS[name]]
    order = await client.do(call)
    assert order.order_id == "ord_1"
    assert len(faulty.requests) == 3
    assert [pause <= limit for pause, limit in zip(client.clock.pauses, (0.5, 1.0), strict=True)] == [
        True,
        True,
    ]


@pytest.mark.parametrize("name", FINAL)
async def test_what_stays_is_raised_at_once(client: Client, faulty: FaultyServer, name: str) -> None:
    faulty.script = [FINAL[name]]
    with pytest.raises(OMSError) as caught:
        await client.do(place)
    assert len(faulty.requests) == caught.value.attempts == 1
    assert not client.clock.pauses


@pytest.mark.parametrize("fault", [reset, truncated, html, status(503)])
async def test_nothing_without_a_key_is_sent_twice(
    client: Client, faulty: FaultyServer, fault: Fault
) -> None:
    faulty.script = [fault]
    with pytest.raises(OMSError):
        await client.do(unkeyed)
    assert len(faulty.requests) == 1


async def test_one_key_for_all_attempts_and_another_for_the_next_call(
    client: Client, faulty: FaultyServer
) -> None:
    faulty.script = [reset, status(503)]
    await client.do(place)
    await client.do(place)
    *first, last = faulty.sent("idempotency-key")
    assert len(set(first)) == 1
    assert all(faulty.sent("idempotency-key"))
    assert first[0] != last
    assert len({request.body for request in faulty.requests}) == 1
    assert len(set(faulty.sent("x-request-id")[:3])) == 1


async def test_a_key_of_the_callers_own(client: Client, faulty: FaultyServer) -> None:
    faulty.script = [status(503), problem(409, "STATE", "Aborted")]
    with pytest.raises(ConflictError) as caught:
        await client.do(lambda oms: oms.orders.cancel("ord_1", idempotency_key="mine"))
    assert faulty.sent("idempotency-key") == ["mine", "mine"]
    assert caught.value.idempotency_key == "mine"
    assert (caught.value.attempts, caught.value.request_id) == (2, "from-the-server")


async def test_reads_and_previews_carry_no_key(client: Client, faulty: FaultyServer) -> None:
    await client.do(get)
    await client.do(lambda oms: oms.orders.price(location_id="loc_1"))
    assert faulty.sent("idempotency-key") == [None, None]


@pytest.mark.parametrize("date", [False, True], ids=["seconds", "date"])
async def test_retry_after_is_waited_for(client: Client, faulty: FaultyServer, date: bool) -> None:
    when = formatdate(client.clock.epoch + 20, usegmt=True) if date else "20"
    faulty.script = [status(503, retry_after=when)]
    await client.do(place)
    assert client.clock.pauses == [20.0]


@pytest.mark.parametrize(("seconds", "timeout"), [("61", 600.0), ("31", 30.0)], ids=["too long", "too late"])
async def test_nobody_sleeps_for_nothing(
    client: Client, faulty: FaultyServer, seconds: str, timeout: float
) -> None:
    faulty.script = [status(429, retry_after=seconds)]
    with pytest.raises(RateLimitError) as caught:
        await client.do(place, timeout=timeout)
    assert caught.value.retry_after == float(seconds)
    assert not client.clock.pauses


async def test_a_nonsense_retry_after_is_none(client: Client, faulty: FaultyServer) -> None:
    faulty.script = [status(503, retry_after="soon"), status(503, retry_after="-5")]
    await client.do(place)
    assert len(faulty.requests) == 3


async def test_all_attempts_share_one_deadline(client: Client, faulty: FaultyServer) -> None:
    faulty.script = [status(503)] * 500
    began = client.clock.time
    with pytest.raises(UnavailableError) as caught:
        await client.do(place, max_retries=500, retry_budget=None)
    assert client.clock.time - began < 30.0
    assert max(client.clock.pauses) <= 8.0
    assert len(faulty.requests) == caught.value.attempts > 3
    told = [float(seconds or 0) for seconds in faulty.sent("x-request-timeout")]
    assert told[0] == 15.0
    assert told[-1] < 15.0
    assert told == sorted(told, reverse=True)


async def test_a_call_has_a_deadline_of_its_own(client: Client, faulty: FaultyServer) -> None:
    await client.do(lambda oms: oms.orders.get("ord_1", timeout=2.5))
    assert faulty.sent("x-request-timeout") == ["2.500"]


@pytest.mark.parametrize("fault", [stall, drip])
async def test_an_answer_that_does_not_come(client: Client, faulty: FaultyServer, fault: Fault) -> None:
    faulty.script = [fault, fault]
    if fault is drip:
        client.clock = _RealTime()
    with pytest.raises(APITimeoutError, match=r"no answer in 0\.2 s") as caught:
        await client.do(get, attempt_timeout=0.2, max_retries=1)
    assert caught.value.attempts == 2
    assert caught.value.request_id == faulty.sent("x-request-id")[0]


class _RealTime(FakeClock):
    def monotonic(self) -> float:
        import time

        return time.monotonic()


async def test_nobody_listens(client: Client) -> None:
    with pytest.raises(APIConnectionError, match=r"orders\.get: no answer") as caught:
        await client.do(get, base_url="http://127.0.0.1:1")
    assert caught.value.attempts == 3


async def test_a_captive_portal_is_no_answer(client: Client, faulty: FaultyServer) -> None:
    faulty.script = [html] * 3
    with pytest.raises(UnreadableResponseError, match="text/html") as caught:
        await client.do(get)
    assert caught.value.status == 200


async def test_a_redirect_is_not_followed(client: Client, faulty: FaultyServer) -> None:
    faulty.script = [status(302, location=f"{faulty.url}/trap")]
    with pytest.raises(UnreadableResponseError, match="/trap"):
        await client.do(place)
    assert [request.target for request in faulty.requests] == ["/v1/orders"]


async def test_a_server_that_is_down_is_not_asked_thrice_by_everybody(
    client: Client, faulty: FaultyServer
) -> None:
    faulty.script = [status(503)] * 500
    oms = client.make()
    for _ in range(60):
        with pytest.raises(UnavailableError):
            await client.on(oms, get)
    assert 60 + 20 <= len(faulty.requests) <= 60 + 20 + 60 * 0.1 + 1


async def test_a_refusal_says_everything(client: Client, faulty: FaultyServer) -> None:
    violations = [{"field": "lines[0].quantity", "message": "must be 1 to 999"}]
    faulty.script = [problem(400, "INVALID_FIELD", "Invalid argument", violations=violations, total="1000")]
    with pytest.raises(APIError) as caught:
        await client.do(place)
    error = caught.value
    assert (type(error).__name__, error.status, error.code) == ("BadRequestError", 400, "INVALID_FIELD")
    assert (error.message, error.details, error.retry_after) == ("why", {"total": "1000"}, None)
    assert [(v.field, v.message) for v in error.violations] == [("lines[0].quantity", "must be 1 to 999")]
    assert str(error) == "INVALID_FIELD: why (HTTP 400, request from-the-server)"


@pytest.mark.parametrize("key", ["new\nline", "naïve"])
async def test_what_no_header_can_carry(client: Client, faulty: FaultyServer, key: str) -> None:
    with pytest.raises((APIConnectionError, ValueError)):
        await client.do(lambda oms: oms.orders.cancel("ord_1", idempotency_key=key))
    assert not faulty.requests
