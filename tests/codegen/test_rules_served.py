"""A generated service whose contract has rules, over REST, gRPC and from another plugin."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from importlib.resources import files

import grpc
import httpx
import pytest
import pytest_asyncio
from acme_protos.rules.v1 import (
    FindOrdersRequest,
    Line,
    PutOrderRequest,
    PutOrderResponse,
    RulesClient,
    RulesServiceBase,
    Size,
)
from acme_protos.rules.v1.routes import ROUTES
from litestar import Litestar
from litestar.testing import TestClient

from oms_core.auth import Authoriser, KeyRing, Verifier
from oms_core.calls import Endpoints, LocalChannel
from oms_core.context import ANONYMOUS, Context, use
from oms_core.servers.grpc import GrpcServer
from oms_core.servers.http import HttpServer, build_app, route_handlers
from oms_core.testing.ports import free_port
from oms_wire.errors import InvalidArgument
from tests.echo import Forgetful, Tree

ID = "8bad1dc1-6a24-4a5b-9c1f-1c1c1c1c1c1c"
LINE = Line(item_id="a", quantity=1, same_size=Size.SMALL)
GOOD = PutOrderRequest(order_id=ID, lines=[LINE], gift=LINE, pickup_at="now")
BAD = PutOrderRequest(order_id=ID, lines=[LINE, Line(item_id="a", same_size=Size.SMALL)], gift=LINE)
BROKEN = ["", "lines[1].quantity"]


class RulesService(RulesServiceBase):
    def __init__(self) -> None:
        self.asked = 0

    async def put_order(self, request: PutOrderRequest, /) -> PutOrderResponse:
        self.asked += 1
        return PutOrderResponse(order_id=request.order_id)

    async def find_orders(self, request: FindOrdersRequest, /) -> PutOrderResponse:
        self.asked += 1
        return PutOrderResponse()


@pytest.fixture
def service() -> RulesService:
    return RulesService()


@pytest.fixture
def endpoints(service: RulesService) -> Endpoints:
    endpoints = Endpoints(Authoriser(Tree()), claims=Forgetful())
    endpoints.add(service, plugin="rules")
    return endpoints


@pytest.fixture
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Verifier:
    return Verifier(KeyRing.open(tmp_path_factory.mktemp("keys")), issuer="oms", audience="oms")


@pytest_asyncio.fixture(loop_scope="session")
async def rest(endpoints: Endpoints, verifier: Verifier) -> AsyncIterator[httpx.AsyncClient]:
    async def ready() -> dict[str, str]:
        return {}

    app = build_app(ROUTES, endpoints, verifier=verifier, ready=ready, documents=[], title="Rules")
    server = HttpServer(app, port=free_port())
    await server.start()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as client:
        yield client
    await server.stop()


async def test_rest(rest: httpx.AsyncClient, service: RulesService) -> None:
    done = await rest.put(f"/v1/orders/{ID}", content=GOOD.encode_json())
    assert done.json() == {"orderId": ID}
    refused = await rest.put(f"/v1/orders/{ID}", content=BAD.encode_json())
    assert refused.status_code == 400
    assert [one["field"] for one in refused.json()["violations"]] == BROKEN
    by_path = await rest.put("/v1/orders/1", content=GOOD.encode_json())
    assert [one["field"] for one in by_path.json()["violations"]] == ["order_id"]
    by_query = await rest.get("/v1/orders", params={"text": "a-b", "sizes": ["1", "SIZE_SMALL"]})
    assert [one["field"] for one in by_query.json()["violations"]] == ["text", "sizes"]
    assert service.asked == 1


def test_an_application_of_ones_own(service: RulesService) -> None:
    with TestClient(Litestar(route_handlers(service))) as client:
        assert client.put(f"/v1/orders/{ID}", content=GOOD.encode_json()).json() == {"orderId": ID}
        refused = client.put(f"/v1/orders/{ID}", content=BAD.encode_json())
    assert refused.status_code == 400
    assert [one["field"] for one in refused.json()["violations"]] == BROKEN
    assert service.asked == 1


@pytest_asyncio.fixture(loop_scope="session")
async def channel(endpoints: Endpoints, verifier: Verifier) -> AsyncIterator[grpc.aio.Channel]:
    descriptor = files("acme_protos.rules.v1").joinpath("descriptor.binpb").read_bytes()
    port = free_port()
    server = GrpcServer(endpoints, verifier=verifier, descriptors=[descriptor], port=port)
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield channel
    await server.stop(drain=1)


async def test_grpc(channel: grpc.aio.Channel, service: RulesService) -> None:
    call = channel.unary_unary(RulesServiceBase.PUT_ORDER.path)
    assert PutOrderResponse.parse(await call(bytes(GOOD))) == PutOrderResponse(order_id=ID)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call(bytes(BAD))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert service.asked == 1


async def test_another_plugin(endpoints: Endpoints, service: RulesService) -> None:
    client = RulesClient(LocalChannel(endpoints, actor="other", requires=["rules"]))
    with use(Context("", ANONYMOUS, "", time.monotonic() + 10, "trace")):
        await client.put_order(GOOD)
        with pytest.raises(InvalidArgument) as refused:
            await client.put_order(BAD)
    assert [one.field for one in refused.value.violations] == BROKEN
    assert service.asked == 1
