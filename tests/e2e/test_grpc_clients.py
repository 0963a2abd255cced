"""gRPC as others reach it: our generated client, stock protoc's, health and reflection."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from oms_protos.orders.v1 import (
    Line,
    OrdersClient,
    OrderState,
    PlaceOrderRequest,
    PriceOrderRequest,
    ServiceMode,
)
from oms_wire.errors import InvalidArgument
from oms_wire.grpcio import GrpcChannel
from tests.e2e.chains import Shop, fresh
from tests.e2e.running_server import Server

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def channel(server: Server) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel(server.grpc_address) as opened:
        yield opened


async def test_the_generated_client_places_an_order(shop: Shop, channel: grpc.aio.Channel) -> None:
    token = shop.server.token("owner", shop.chain)
    orders = OrdersClient(GrpcChannel(channel, metadata=lambda: [("authorization", f"Bearer {token}")]))
    lines = [Line(variation_id=variation, quantity=2) for variation in shop.variations]
    basket = PriceOrderRequest(location_id=shop.here, service_mode=ServiceMode.TAKEOUT, lines=lines)
    quote = await orders.price_order(basket)
    request = PlaceOrderRequest(
        location_id=shop.here,
        service_mode=ServiceMode.TAKEOUT,
        lines=lines,
        quote_token=quote.quote_token,
        channel="kiosk",
        external_id=fresh("external"),
    )
    placed = await orders.place_order(request, idempotency_key=fresh("key"))
    assert placed.state == OrderState.ACCEPTED
    assert placed.total == quote.total
    # The same order over HTTP: one truth behind both doors.
    assert (await shop.owner.get(f"/v1/orders/{placed.order_id}"))["externalId"] == request.external_id


async def test_the_generated_client_gets_the_field_at_fault(shop: Shop, channel: grpc.aio.Channel) -> None:
    token = shop.server.token("owner", shop.chain)
    orders = OrdersClient(GrpcChannel(channel, metadata=lambda: [("authorization", f"Bearer {token}")]))
    lines = [Line(variation_id=shop.variations[0], quantity=0)]
    with pytest.raises(InvalidArgument) as refusal:
        await orders.price_order(
            PriceOrderRequest(location_id=shop.here, service_mode=ServiceMode.TAKEOUT, lines=lines)
        )
    assert refusal.value.code == "INVALID_FIELD"
    assert refusal.value.violations[0].field == "lines[0].quantity"


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ModuleType, ModuleType]]:
    """The messages and stubs that stock protoc makes of our protos, in a folder of their own."""
    out = tmp_path_factory.mktemp("stock")
    protos = ["oms/orders/v1/orders.proto", "oms/types/v1/money.proto", "oms/options/v1/options.proto"]
    roots = [f"-I{root}" for root in (ROOT / "protos", *_google_roots())]
    made = [f"--python_out={out}", f"--grpc_python_out={out}"]
    command = [sys.executable, "-m", "grpc_tools.protoc", *roots, *made, *protos]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    sys.path.insert(0, str(out))
    try:
        yield _module("oms.orders.v1.orders_pb2"), _module("oms.orders.v1.orders_pb2_grpc")
    finally:
        sys.path.remove(str(out))


def _google_roots() -> list[Path]:
    """Return where google's well-known and api protos lie."""
    import google.api
    import grpc_tools

    return [Path(str(files(grpc_tools))) / "_proto", Path(next(iter(google.api.__path__))).parents[1]]


def _module(name: str) -> ModuleType:
    assert importlib.util.find_spec(name) is not None
    return importlib.import_module(name)


async def test_a_client_of_stock_protoc_places_an_order(
    shop: Shop, channel: grpc.aio.Channel, stock: tuple[ModuleType, ModuleType]
) -> None:
    pb, stubs = stock
    orders = stubs.OrdersServiceStub(channel)
    caller = [("authorization", f"Bearer {shop.server.token('owner', shop.chain)}")]
    basket = {
        "location_id": shop.here,
        "service_mode": pb.SERVICE_MODE_EAT_IN,
        "lines": [pb.Line(variation_id=variation, quantity=1, note="extra") for variation in shop.variations],
    }
    quote = await orders.PriceOrder(pb.PriceOrderRequest(**basket), metadata=caller)
    request = pb.PlaceOrderRequest(
        **basket, quote_token=quote.quote_token, channel="pos", external_id=fresh("external")
    )
    keyed = [*caller, ("idempotency-key", fresh("key"))]
    placed = await orders.PlaceOrder(request, metadata=keyed)
    assert placed.state == pb.ORDER_STATE_ACCEPTED
    assert placed.total.amount == 2000
    assert [line.note for line in placed.lines] == ["extra", "extra"]
    assert await orders.PlaceOrder(request, metadata=keyed) == placed
    read = await orders.GetOrder(pb.GetOrderRequest(order_id=placed.order_id), metadata=caller)
    assert [entry.step for entry in read.timeline][:2] == ["place", "accept"]


async def test_health_says_that_it_serves(channel: grpc.aio.Channel) -> None:
    health = health_pb2_grpc.HealthStub(channel)
    for service in ("", "oms.orders.v1.OrdersService"):
        answer = await health.Check(health_pb2.HealthCheckRequest(service=service))
        assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_a_client_can_find_everything_by_reflection_and_call_it(shop: Shop) -> None:
    """What grpcurl and ``buf curl`` do: no proto at hand, only the server's own description."""
    with grpc.insecure_channel(shop.server.grpc_address) as blocking:
        database = ProtoReflectionDescriptorDatabase(blocking)
        assert {f"oms.{name}.v1" for name in ("identity", "menu", "orders", "kitchen")} <= {
            service.rpartition(".")[0] for service in database.get_services()
        }
        method = (
            DescriptorPool(database)
            .FindServiceByName("oms.orders.v1.OrdersService")
            .methods_by_name["ListOrders"]
        )
        request, answer = GetMessageClass(method.input_type), GetMessageClass(method.output_type)
        call = blocking.unary_unary("/oms.orders.v1.OrdersService/ListOrders")
        token = shop.server.token("owner", shop.chain)
        found = call(
            request(location_id=shop.here).SerializeToString(),
            metadata=[("authorization", f"Bearer {token}")],
        )
        assert answer.FromString(found) == answer(), "no orders yet"


async def test_reflection_answers_under_both_of_its_names(channel: grpc.aio.Channel) -> None:
    question = reflection_pb2.ServerReflectionRequest(file_containing_symbol="oms.orders.v1.Order")
    for version in ("v1", "v1alpha"):
        call = channel.stream_stream(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
            request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
            response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
        )
        (answer,) = [answer async for answer in call(iter([question]))]
        described = [
            FileDescriptorProto.FromString(raw)
            for raw in answer.file_descriptor_response.file_descriptor_proto
        ]
        assert "oms/orders/v1/orders.proto" in [file.name for file in described]
