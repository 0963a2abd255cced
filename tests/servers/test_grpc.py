"""gRPC as a caller sees it."""

from __future__ import annotations

import asyncio
import time

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2

from oms_core.auth import KeyRing, Verifier
from oms_core.errors import OmsError, PluginError
from oms_core.servers.grpc import GrpcServer
from oms_core.servers.http import HttpServer, build_app
from oms_core.testing.ports import free_port
from oms_wire.errors import FieldViolation, InvalidArgument, RpcError
from oms_wire.grpcio import GrpcChannel
from tests.echo import CLOSE, ECHO, GET, SERVICE, WRITE, EchoClient, EchoService, Note, endpoints_of, stuck
from tests.servers.conftest import Served

REFLECTION = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"]
Call = grpc.aio.UnaryUnaryMultiCallable


def of(channel: grpc.aio.Channel, method: object) -> Call:
    return channel.unary_unary(method.path)  # type: ignore[attr-defined]


def bearer(served: Served, *grants: tuple[str, str], tenant: str = "chn_a") -> list[tuple[str, str]]:
    return [("authorization", f"Bearer {served.token(*grants, tenant=tenant)}")]


def status_of(error: grpc.aio.AioRpcError) -> status_pb2.Status:
    trailing = dict(error.trailing_metadata() or ())
    return status_pb2.Status.FromString(trailing["grpc-status-details-bin"])


def detail(error: grpc.aio.AioRpcError, kind: type) -> object:
    for packed in status_of(error).details:
        found = kind()
        if packed.Unpack(found):
            return found
    raise AssertionError(f"no {kind}")


def reason(error: grpc.aio.AioRpcError) -> str:
    info = detail(error, error_details_pb2.ErrorInfo)
    assert info.domain == "oms"  # type: ignore[attr-defined]
    return info.reason  # type: ignore[attr-defined, no-any-return]


async def test_a_call(channel: grpc.aio.Channel, served: Served) -> None:
    answer = await of(channel, GET)(b'{"id": "note_1"}', metadata=bearer(served))
    assert Note.parse(answer) == Note(id="note_1", location_id="loc_a1")


async def test_a_key_and_a_trace_go_through(channel: grpc.aio.Channel, served: Served) -> None:
    metadata = [*bearer(served), ("idempotency-key", "key-1"), ("x-request-id", "mine-1")]
    await of(channel, WRITE)(b'{"location_id": "loc_a1"}', metadata=metadata)
    assert served.claims.keys == ["key-1"]
    assert served.service.contexts[0].trace == "mine-1"


async def test_an_error_is_a_rich_status(channel: grpc.aio.Channel, served: Served) -> None:
    metadata = [*bearer(served), ("x-request-id", "mine-1")]
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await of(channel, CLOSE)(b'{"id": "note_1"}', metadata=metadata)
    error = failed.value
    assert (error.code(), error.details()) == (grpc.StatusCode.FAILED_PRECONDITION, "it is closed already")
    assert (status_of(error).code, status_of(error).message) == (9, "it is closed already")
    info = detail(error, error_details_pb2.ErrorInfo)
    assert (info.reason, dict(info.metadata)) == ("NOTE_CLOSED", {"note": "note_1"})  # type: ignore[attr-defined]
    retry = detail(error, error_details_pb2.RetryInfo).retry_delay  # type: ignore[attr-defined]
    assert (retry.seconds, retry.nanos) == (1, 500_000_000)
    assert detail(error, error_details_pb2.RequestInfo).request_id == "mine-1"  # type: ignore[attr-defined]


async def test_violations_name_their_fields(channel: grpc.aio.Channel, served: Served) -> None:
    async def refuse(_: Note) -> Note:
        found = [FieldViolation("lines[2].text", "is too long — ü" * 20), FieldViolation("id", "is empty")]
        raise InvalidArgument("X", "no", violations=found)

    served.service.on_echo = refuse
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await of(channel, ECHO)(b"{}")
    violations = detail(failed.value, error_details_pb2.BadRequest).field_violations  # type: ignore[attr-defined]
    assert [(v.field, v.description) for v in violations] == [
        ("lines[2].text", "is too long — ü" * 20),
        ("id", "is empty"),
    ]


async def test_of_too_many_violations_the_first_are_told(channel: grpc.aio.Channel, served: Served) -> None:
    async def refuse(_: Note) -> Note:
        raise InvalidArgument(
            "X", "no", violations=[FieldViolation(f"lines[{n}]", "wrong") for n in range(5000)]
        )

    served.service.on_echo = refuse
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await of(channel, ECHO)(b"{}")
    assert reason(failed.value) == "X"
    violations = detail(failed.value, error_details_pb2.BadRequest).field_violations  # type: ignore[attr-defined]
    assert 50 < len(violations) < 500
    assert violations[0].field == "lines[0]"


@pytest.mark.parametrize("kind", RpcError.__subclasses__())
async def test_every_error_has_its_code(
    channel: grpc.aio.Channel, served: Served, kind: type[RpcError]
) -> None:
    async def refuse(_: Note) -> Note:
        raise kind("SOME_CODE", "no")

    served.service.on_echo = refuse
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await of(channel, ECHO)(b"{}")
    assert failed.value.code().value[0] == kind.grpc_code
    assert failed.value.code().name == kind.status
    assert reason(failed.value) == "SOME_CODE"


async def test_the_callers_deadline_counts(channel: grpc.aio.Channel, served: Served) -> None:
    served.service.on_echo = stuck
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await of(channel, ECHO)(b"{}", timeout=0.05)
    assert failed.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    served.service.on_echo = None
    await of(channel, ECHO)(b"{}", timeout=1000)
    assert served.service.contexts[-1].deadline <= time.monotonic() + 10


async def test_a_bug_shows_a_trace_and_nothing_else(
    channel: grpc.aio.Channel, served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: Note) -> Note:
        raise ZeroDivisionError("a secret")

    async def unwritable(_: Note) -> Note:
        return Note(text="\ud800")

    for fault in (broken, unwritable):
        served.service.on_echo = fault
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await of(channel, ECHO)(b"{}", metadata=[("x-request-id", "trace-7")])
        assert (failed.value.code(), reason(failed.value)) == (grpc.StatusCode.INTERNAL, "INTERNAL")
        assert "secret" not in f"{failed.value}"
        assert "trace-7" in caplog.text


async def test_health_of_each_service(channel: grpc.aio.Channel) -> None:
    health = health_pb2_grpc.HealthStub(channel)
    for service in ("", SERVICE):
        answer = await health.Check(health_pb2.HealthCheckRequest(service=service))
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await health.Check(health_pb2.HealthCheckRequest(service="nobody"))
    assert failed.value.code() is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize("version", REFLECTION)
async def test_reflection(channel: grpc.aio.Channel, version: str) -> None:
    ask = channel.stream_stream(
        f"/{version}/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )

    async def answer(**question: str) -> reflection_pb2.ServerReflectionResponse:
        call = ask(iter([reflection_pb2.ServerReflectionRequest(**question)]))
        return [found async for found in call][0]  # noqa: RUF015 - reads the stream to its end

    listed = await answer(list_services="")
    names = [service.name for service in listed.list_services_response.service]
    assert names == sorted([SERVICE, "grpc.health.v1.Health", *REFLECTION])
    for name in (SERVICE, "grpc.health.v1.Health", *REFLECTION):
        found = await answer(file_containing_symbol=name)
        files = [
            FileDescriptorProto.FromString(data)
            for data in found.file_descriptor_response.file_descriptor_proto
        ]
        services = {f"{file.package}.{service.name}" for file in files for service in file.service}
        assert name in services
    unknown = await answer(file_containing_symbol="no.such.Service")
    assert unknown.error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]


async def test_a_busy_port_is_named(served: Served, keys: KeyRing) -> None:
    verifier = Verifier(keys, issuer="oms", audience="oms")

    async def ready() -> dict[str, str]:
        return {}

    for port in (served.grpc_port, served.http_port):
        with pytest.raises(OmsError, match=f"port {port} on 127.0.0.1 is taken") as busy:
            await GrpcServer(endpoints_of(EchoService()), verifier=verifier, port=port).start()
        assert (busy.value.code, "grpc_port" in busy.value.hint) == ("PORT_BUSY", True)
        app = build_app([], endpoints_of(EchoService()), verifier=verifier, ready=ready)
        with pytest.raises(OmsError, match=f"port {port} on 127.0.0.1 is taken") as busy:
            HttpServer(app, port=port)
        assert (busy.value.code, "http_port" in busy.value.hint) == ("PORT_BUSY", True)
    with pytest.raises(OmsError) as unusable:
        HttpServer(app, host="192.0.2.1", port=free_port())
    assert unusable.value.code == "ADDRESS_UNUSABLE"


async def test_a_damaged_descriptor_does_not_start(keys: KeyRing) -> None:
    verifier = Verifier(keys, issuer="oms", audience="oms")
    server = GrpcServer(
        endpoints_of(EchoService()), verifier=verifier, descriptors=[b"\xff\xff"], port=free_port()
    )
    with pytest.raises(PluginError, match="descriptor"):
        await server.start()


async def test_a_stopping_server_says_so_and_finishes_what_it_began(keys: KeyRing) -> None:
    going, go = asyncio.Event(), asyncio.Event()

    async def slow(note: Note) -> Note:
        going.set()
        await go.wait()
        return note

    port = free_port()
    verifier = Verifier(keys, issuer="oms", audience="oms")
    server = GrpcServer(endpoints_of(EchoService(on_echo=slow)), verifier=verifier, port=port)
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service=SERVICE))
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
        call = asyncio.ensure_future(of(channel, ECHO)(b'{"text": "x"}'))
        await going.wait()
        stopping = asyncio.create_task(server.stop(drain=5))
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
        go.set()
        assert Note.parse(await call) == Note(text="x")
        watch.cancel()
        await stopping


async def test_a_generated_client_gets_back_the_very_error(channel: grpc.aio.Channel, served: Served) -> None:
    sent = InvalidArgument(
        "QUITE_WRONG",
        "it is wrong — ü",
        violations=[FieldViolation("lines[2].text", "is too long")],
        details={"was": "1", "is": "2"},
        retry_after=2.25,
    )

    async def refuse(_: Note) -> Note:
        raise sent

    client = EchoClient(GrpcChannel(channel, metadata=lambda: bearer(served)))
    assert await client.echo(Note(text="x")) == Note(text="x")
    served.service.on_echo = refuse
    with pytest.raises(InvalidArgument) as got:
        await client.echo(Note())
    assert vars(got.value) == vars(sent)
