"""What a caller gets besides survival: tokens, pages, options, paths, records; for threads and for tasks."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Any

import httpx
import pytest

import oms_sdk
from oms_sdk import OMS, AsyncOMS, AuthenticationError, OMSError, Order, OrderState, Token, recorded
from oms_sdk.errors import BY_KIND
from oms_wire.errors import RpcError
from sdk.python.tests.conftest import Client
from sdk.python.tests.faulty_server import FaultyServer, answer, status


def get(oms: Any) -> Any:
    return oms.orders.get("ord_1")


async def all_of(client: Client, oms: Any, **arguments: Any) -> list[Order]:
    pager = oms.orders.list(location_id="loc_1", **arguments)
    if client.kind is OMS:
        return await asyncio.to_thread(list, pager)
    return [order async for order in pager]


def test_there_is_an_error_for_each_kind_of_the_contract() -> None:
    assert {kind.status for kind in RpcError.__subclasses__()} == set(BY_KIND)
    assert all(issubclass(getattr(oms_sdk, kind.__name__), oms_sdk.APIError) for kind in BY_KIND.values())


async def test_a_call_is_what_the_contract_says(client: Client, faulty: FaultyServer) -> None:
    line = oms_sdk.Line(variation_id="var_1", quantity=2)
    order = await client.do(
        lambda oms: oms.orders.place(location_id="loc_1", lines=[line], quote_token="q", channel="web")
    )
    assert isinstance(order, Order)
    assert (order.number, order.state) == (7, OrderState.PLACED)
    (request,) = faulty.requests
    assert (request.method, request.target) == ("POST", "/v1/orders")
    assert request.headers["authorization"] == "Bearer secret"
    assert json.loads(request.body) == {
        "locationId": "loc_1",
        "lines": [{"variationId": "var_1", "quantity": 2}],
        "quoteToken": "q",
        "channel": "web",
    }


@pytest.mark.parametrize(
    ("given", "path"),
    [("a/b", "a%2Fb"), ("..", "%2E%2E"), ("é:x?#%", "%C3%A9%3Ax%3F%23%25"), ("a b", "a%20b")],
)
async def test_an_id_is_one_segment_whatever_is_in_it(
    client: Client, faulty: FaultyServer, given: str, path: str
) -> None:
    await client.do(lambda oms: oms.orders.hand_off(given, version=3))
    (request,) = faulty.requests
    assert request.target == f"/v1/orders/{path}:handOff"
    assert json.loads(request.body) == {"version": "3"}


async def test_an_empty_id_is_not_sent(client: Client, faulty: FaultyServer) -> None:
    with pytest.raises(ValueError, match="empty"):
        await client.do(lambda oms: oms.orders.get(""))
    assert not faulty.requests


async def test_a_query_holds_what_was_given(client: Client, faulty: FaultyServer) -> None:
    faulty.script = [answer({}), answer({})]
    await all_of(client, client.make(), state=OrderState.READY, page_size=7)
    await all_of(client, client.make())
    assert [request.target for request in faulty.requests] == [
        "/v1/orders?locationId=loc_1&state=ORDER_STATE_READY&pageSize=7",
        "/v1/orders?locationId=loc_1",
    ]


def pages() -> list[Any]:
    return [
        answer({"orders": [{"orderId": "1"}, {"orderId": "2"}], "nextPageToken": "b+/="}),
        answer({"nextPageToken": "c"}),
        answer({"orders": [{"orderId": "3"}]}),
    ]


async def test_pages_are_walked_to_the_end_over_empty_ones(client: Client, faulty: FaultyServer) -> None:
    faulty.script = pages()
    assert [order.order_id for order in await all_of(client, client.make())] == ["1", "2", "3"]
    assert [request.target.partition("&pageToken=")[2] for request in faulty.requests] == [
        "",
        "b%2B%2F%3D",
        "c",
    ]


async def test_no_more_pages_than_needed(client: Client, faulty: FaultyServer) -> None:
    faulty.script = pages()
    some = await client.do(lambda oms: oms.orders.list(location_id="loc_1").to_list(limit=1))
    assert [order.order_id for order in some] == ["1"]
    assert len(faulty.requests) == 1


async def test_a_list_that_leads_back_to_itself_ends(client: Client, faulty: FaultyServer) -> None:
    faulty.script = [answer({"nextPageToken": "b"}), answer({"nextPageToken": "b"})]
    with pytest.raises(OMSError, match="the list does not end"):
        await all_of(client, client.make())
    assert len(faulty.requests) == 2


async def test_a_newer_server_is_understood(client: Client, faulty: FaultyServer) -> None:
    faulty.script = [answer({"orderId": "ord_1", "hologram": {"x": 1}, "state": "ORDER_STATE_TELEPORTED"})]
    order = await client.do(get)
    assert (order.order_id, order.state) == ("ord_1", OrderState.UNSPECIFIED)


async def test_a_refused_token_is_renewed_once(client: Client, faulty: FaultyServer) -> None:
    given = iter(["old", "new", "newer"])
    faulty.script = [status(401)]
    oms = client.make(token=lambda: next(given), max_retries=0)
    await client.on(oms, get)
    faulty.script = [status(401), status(401)]
    with pytest.raises(AuthenticationError):
        await client.on(oms, get)
    assert faulty.sent("authorization") == ["Bearer old", "Bearer new", "Bearer new", "Bearer newer"]


async def test_a_fixed_token_is_not_tried_again(client: Client, faulty: FaultyServer) -> None:
    faulty.script = [status(401)]
    with pytest.raises(AuthenticationError):
        await client.do(get)
    assert len(faulty.requests) == 1


async def test_a_token_is_replaced_before_it_ends(client: Client, faulty: FaultyServer) -> None:
    given = iter([Token("a", expires_in=600), Token("b", expires_in=20), Token("c")])
    oms = client.make(token=lambda: next(given))
    for seconds in (0, 539, 2, 9, 2):
        client.clock.time += seconds
        await client.on(oms, get)
    assert faulty.sent("authorization") == [f"Bearer {name}" for name in "aabbc"]


async def test_many_callers_ask_for_one_token(client: Client, faulty: FaultyServer) -> None:
    asked: list[int] = []

    def provide() -> str:
        asked.append(1)
        return "one"

    oms = client.make(token=provide)
    await asyncio.gather(*(client.on(oms, get) for _ in range(8)))
    assert len(asked) == 1
    assert faulty.sent("authorization") == ["Bearer one"] * 8


async def test_a_provider_may_await(faulty: FaultyServer) -> None:
    async def provide() -> Token:
        await asyncio.sleep(0)
        return Token("awaited")

    async with AsyncOMS(base_url=faulty.url, token=provide) as oms:
        await oms.orders.get("ord_1")
    assert faulty.sent("authorization") == ["Bearer awaited"]


async def test_the_environment_is_read_when_a_client_is_made(
    client: Client, faulty: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMS_BASE_URL", f"{faulty.url}/")
    monkeypatch.setenv("OMS_TOKEN", "from the environment")
    await client.do(get, base_url=None, token=None)
    assert faulty.sent("authorization") == ["Bearer from the environment"]


async def test_other_options_over_the_same_connections(client: Client, faulty: FaultyServer) -> None:
    oms = client.make()
    other = oms.with_options(token="other", timeout=4)
    await client.on(other, get)
    await client.on(other, lambda oms: oms.close())
    await client.on(oms, get)
    assert faulty.sent("authorization") == ["Bearer other", "Bearer secret"]
    assert faulty.sent("x-request-timeout") == ["4.000", "15.000"]


async def test_a_given_http_client_stays_open(faulty: FaultyServer) -> None:
    with httpx.Client(headers={"x-mine": "1"}) as http:
        with OMS(base_url=faulty.url, http_client=http) as oms:
            oms.orders.get("ord_1")
        assert not http.is_closed
    async with httpx.AsyncClient() as http_async:
        async with AsyncOMS(base_url=faulty.url, http_client=http_async) as oms_async:
            await oms_async.orders.get("ord_1")
        assert not http_async.is_closed
    assert faulty.sent("x-mine") == ["1", None]


async def test_answers_are_recorded(client: Client, faulty: FaultyServer) -> None:
    faulty.script = [status(503)]
    with recorded() as answers:
        await client.do(lambda oms: oms.orders.cancel("ord_1", idempotency_key="k"))
    await client.do(get)
    (found,) = answers
    assert (found.call, found.status, found.attempts) == ("orders.cancel", 200, 2)
    assert (found.idempotency_key, found.headers["content-type"]) == ("k", "application/json")
    assert found.request_id == faulty.sent("x-request-id")[0] or found.request_id == "from-the-server"


async def test_routes_without_a_method(client: Client, faulty: FaultyServer) -> None:
    faulty.script = [answer({"a": 1}), status(503), answer([2])]
    first = await client.do(lambda oms: oms.request("GET", "/v1/x?y=1"))
    second = await client.do(lambda oms: oms.request("POST", "/v1/x", json={"b": 2}, idempotency_key="k"))
    assert (first.json(), second.json(), second.attempts) == ({"a": 1}, [2], 2)
    assert [request.target for request in faulty.requests] == ["/v1/x?y=1", "/v1/x", "/v1/x"]


@pytest.mark.parametrize("options", [{"base_url": "ftp://x"}, {"timeout": 0}, {"max_retries": -1}])
def test_options_that_cannot_work(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"base_url|timeout"):
        OMS(**options)


def test_every_name_is_there_once_and_lazily() -> None:
    assert len(set(oms_sdk.__all__)) == len(oms_sdk.__all__)
    for name in oms_sdk.__all__:
        assert getattr(oms_sdk, name) is not None
    with pytest.raises(AttributeError, match="Hologram"):
        oms_sdk.Hologram  # noqa: B018
    loaded = "import oms_sdk, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert not {"betterproto2", "msgspec", "dateutil", "grpc", "asyncio"} & set(done.stdout.split())
