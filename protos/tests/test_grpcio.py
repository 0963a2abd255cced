"""Generated clients over real gRPC, and a client that stock protoc made, against one small server."""

from __future__ import annotations

import importlib
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import google.api
import grpc
import grpc.aio
import pytest
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_tools import protoc

from oms_core.testing.ports import free_port
from oms_protos.orders.v1 import (
    GetOrderRequest,
    Line,
    Order,
    OrdersClient,
    OrdersServiceBase,
    OrderState,
    PlaceOrderRequest,
)
from oms_protos.types.v1 import Money
from oms_wire.errors import (
    Aborted,
    DataLoss,
    EncodeError,
    FieldViolation,
    Internal,
    InvalidArgument,
    ResourceExhausted,
    RpcError,
    Unavailable,
    Unimplemented,
)
from oms_wire.grpcio import GrpcChannel
from oms_wire.status import METADATA_KEY, error_of

PROTOS = Path(__file__).parents[1]


class Server:
    """Answers PlaceOrder with what the test says, and remembers what came."""

    def __init__(self) -> None:
        self.answer = b""
        self.status: status_pb2.Status | None = None
        self.metadata: dict[str, str | bytes] = {}
        self.request = PlaceOrderRequest()
        self.seconds_left: float | None = None

    async def place(self, data: bytes, call: grpc.aio.ServicerContext[bytes, bytes]) -> bytes:
        self.metadata = {str(key): value for key, value in call.invocation_metadata() or ()}
        self.seconds_left = call.time_remaining()
        self.request = PlaceOrderRequest.parse(data)
        if self.status is not None:
            code = next(code for code in grpc.StatusCode if code.value[0] == self.status.code)
            details = (METADATA_KEY, self.status.SerializeToString())
            await call.abort(code, self.status.message, trailing_metadata=(details,))
        return self.answer


@pytest.fixture
async def served() -> AsyncIterator[tuple[Server, str]]:
    behaviour = Server()
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    method = OrdersServiceBase.PLACE_ORDER
    handlers = {"PlaceOrder": grpc.unary_unary_rpc_method_handler(behaviour.place)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(method.service, handlers),))
    address = f"127.0.0.1:{free_port()}"
    server.add_insecure_port(address)
    await server.start()
    yield behaviour, address
    await server.stop(None)


@pytest.fixture
async def orders(served: tuple[Server, str]) -> AsyncIterator[OrdersClient]:
    async with grpc.aio.insecure_channel(served[1]) as channel:
        yield OrdersClient(GrpcChannel(channel, metadata=lambda: [("authorization", "Bearer t")]))


REQUEST = PlaceOrderRequest(location_id="loc_1", lines=[Line(variation_id="var_1", quantity=2, note="é")])


async def test_a_call_carries_request_key_metadata_and_deadline(
    served: tuple[Server, str], orders: OrdersClient
) -> None:
    server = served[0]
    order = Order(order_id="ord_1", state=OrderState.PLACED, total=Money(1250, "USD"))
    server.answer = bytes(order)
    assert await orders.place_order(REQUEST, idempotency_key="k-1", timeout=5) == order
    assert server.request == REQUEST
    assert (server.metadata["authorization"], server.metadata["idempotency-key"]) == ("Bearer t", "k-1")
    assert server.seconds_left is not None
    assert 0 < server.seconds_left <= 5.1  # grpc rounds a deadline up


async def test_an_error_arrives_with_all_that_it_said(
    served: tuple[Server, str], orders: OrdersClient
) -> None:
    info = error_details_pb2.ErrorInfo(
        reason="PRICE_CHANGED", domain="oms", metadata={"was": "5", "is": "6 €"}
    )
    bad = error_details_pb2.BadRequest()
    bad.field_violations.add(field="lines[0].quantity", description="must be from 1 to 999")
    retry = error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(seconds=1, nanos=500_000_000))
    trace = error_details_pb2.RequestInfo(request_id="trc_1")
    served[0].status = status_pb2.Status(
        code=10, message="the price changed", details=packed(info, trace, bad, retry)
    )
    with pytest.raises(Aborted) as caught:
        await orders.place_order(REQUEST)
    error = caught.value
    assert (error.code, error.message) == ("PRICE_CHANGED", "the price changed")
    assert error.details == {"was": "5", "is": "6 €"}
    assert error.violations == (FieldViolation("lines[0].quantity", "must be from 1 to 999"),)
    assert error.retry_after == 1.5


async def test_an_answer_that_is_no_order_is_not_the_callers_fault(
    served: tuple[Server, str], orders: OrdersClient
) -> None:
    served[0].answer = b"\n\x05a"
    with pytest.raises(Internal) as caught:
        await orders.place_order(REQUEST)
    assert caught.value.code == "INVALID_ANSWER"


async def test_what_grpc_itself_reports_is_an_rpc_error_too(orders: OrdersClient) -> None:
    with pytest.raises(Unimplemented, match="UNIMPLEMENTED"):
        await orders.get_order(GetOrderRequest(order_id="ord_1"))
    async with grpc.aio.insecure_channel(f"127.0.0.1:{free_port()}") as channel:
        with pytest.raises(Unavailable):
            await OrdersClient(GrpcChannel(channel)).place_order(REQUEST, timeout=5)


async def test_a_request_that_cannot_be_written_is_not_sent(
    served: tuple[Server, str], orders: OrdersClient
) -> None:
    with pytest.raises(EncodeError, match=r"lines\[0\]\.quantity"):
        await orders.place_order(PlaceOrderRequest(lines=[Line(quantity=2**31)]))
    assert served[0].metadata == {}


@pytest.mark.parametrize(
    ("code", "kind", "name"),
    [
        (3, InvalidArgument, "INVALID_ARGUMENT"),
        (8, ResourceExhausted, "RESOURCE_EXHAUSTED"),
        (15, DataLoss, "DATA_LOSS"),
    ],
)
def test_statuses_without_details_keep_their_names(code: int, kind: type[RpcError], name: str) -> None:
    for status in (None, b"", b"\x1a\x05damaged", b"\xff"):
        error = error_of(code, "no", status)
        assert (type(error), error.code, error.message) == (kind, name, "no")


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The modules that stock protoc makes of the same contract."""
    folder = tmp_path_factory.mktemp("stock")
    names = ("options", "types", "orders")
    files = [f"oms/{name}/v1/{'money' if name == 'types' else name}.proto" for name in names]
    api = Path(next(iter(google.api.__path__))).parents[1]
    well_known = Path(protoc.__file__).parent / "_proto"
    includes = [f"-I{path}" for path in (PROTOS, api, well_known)]
    assert (
        protoc.main(["protoc", *includes, f"--python_out={folder}", f"--grpc_python_out={folder}", *files])
        == 0
    )
    sys.path.insert(0, str(folder))
    yield importlib.import_module
    sys.path.remove(str(folder))


async def test_a_stock_grpcio_client_is_understood(served: tuple[Server, str], stock: Any) -> None:
    messages = stock("oms.orders.v1.orders_pb2")
    stubs = stock("oms.orders.v1.orders_pb2_grpc")
    served[0].answer = bytes(
        Order(order_id="ord_1", state=OrderState.READY, total=Money(-5, "USD"), version=2**53)
    )
    async with grpc.aio.insecure_channel(served[1]) as channel:
        theirs = messages.PlaceOrderRequest(location_id="loc_1")
        theirs.lines.add(variation_id="var_1", quantity=2, note="é")
        answer = await stubs.OrdersServiceStub(channel).PlaceOrder(theirs)
    assert served[0].request == REQUEST
    assert (answer.order_id, answer.state, answer.total.amount, answer.version) == ("ord_1", 4, -5, 2**53)


def packed(*messages: Any) -> list[any_pb2.Any]:
    result = []
    for message in messages:
        box = any_pb2.Any()
        box.Pack(message)
        result.append(box)
    return result
