"""Streams on the way down: what can be taken up elsewhere ends at once, what cannot has its time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import grpc
import httpx
import pytest
from acme_protos.streams.v1 import BeltsClient, ServeRequest, WatchPlatesRequest

from oms_wire.errors import Unavailable
from oms_wire.grpcio import GrpcChannel
from oms_wire.service import Channel
from tests.streams.conftest import Served
from tests.streams.reading import lines, said


async def test_a_stream_with_a_cursor_is_sent_elsewhere(http: httpx.AsyncClient, served: Served) -> None:
    served.belts.put("soup")
    async with http.stream(
        "GET", "/v1/counters/loc_a1/plates:watch", headers={"accept": "text/event-stream"}
    ) as answer:
        stream = said(answer)
        assert (await anext(stream)).id == "c1"
        served.endpoints.open_streams.end(within=60)
        last = await anext(stream)
        assert (last.kind, last.json["code"], last.retry) == ("problem", "SERVER_STOPPING", 1000)
        with pytest.raises(StopAsyncIteration):
            await anext(stream)


async def test_a_stream_without_one_may_end_by_itself(http: httpx.AsyncClient, served: Served) -> None:
    go = asyncio.Event()

    async def wishes() -> AsyncIterator[bytes]:
        yield b'{"dish":"soup"}\n'
        await go.wait()
        yield b'{"dish":"rice"}\n'

    call = asyncio.create_task(http.post("/v1/dishes:serve", content=wishes()))
    async with asyncio.timeout(5):
        while not len(served.endpoints.open_streams):
            await asyncio.sleep(0.001)
        served.endpoints.open_streams.end(within=60)
        go.set()
        assert (await call).text.splitlines()[-1].startswith('{"result":{"dish":"rice"')


async def test_but_not_for_ever(channel: Channel, served: Served) -> None:
    never = asyncio.Event()

    async def wishes() -> AsyncIterator[ServeRequest]:
        yield ServeRequest(dish="soup")
        await never.wait()

    async with aclosing(BeltsClient(channel).serve(wishes())) as answers:
        await anext(answers)
        served.endpoints.open_streams.end(within=0.05)
        with pytest.raises(Unavailable, match="this server stops") as caught:
            await anext(answers)
    assert caught.value.retry_after == 1


async def test_no_new_streams_on_the_way_down(channel: Channel, served: Served) -> None:
    served.endpoints.open_streams.end(within=0)
    with pytest.raises(Unavailable) as caught:
        await anext(BeltsClient(channel).watch_plates(WatchPlatesRequest(counter_id="loc_a1")))
    assert caught.value.code == "SERVER_STOPPING"


async def test_servers_stop_though_streams_are_open(served: Served, http: httpx.AsyncClient) -> None:
    token = served.token()
    async with (
        grpc.aio.insecure_channel(f"127.0.0.1:{served.grpc_port}") as lines_,
        http.stream("GET", "/v1/counters/loc_a1/plates:watch") as answer,
        asyncio.timeout(10),
    ):
        client = BeltsClient(GrpcChannel(lines_, metadata=lambda: [("authorization", f"Bearer {token}")]))
        watching = asyncio.create_task(anext(client.watch_plates(WatchPlatesRequest(counter_id="loc_a1"))))
        while len(served.endpoints.open_streams) < 2:
            await asyncio.sleep(0.001)
        served.endpoints.open_streams.end(within=0)
        await asyncio.gather(served.rpc.stop(drain=60), served.http.stop(drain=60))
        with pytest.raises(Unavailable):
            await watching
        assert [line async for line in lines(answer)][-1]["error"]["code"] == "SERVER_STOPPING"
