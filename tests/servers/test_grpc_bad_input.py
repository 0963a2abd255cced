"""Whatever comes in over gRPC, the answer is a status with a stable code, and nothing has happened."""

from __future__ import annotations

from pathlib import Path

import grpc
import pytest

from tests.echo import CLOSE, ECHO, GET, LIST, OPEN_CHAIN, WRITE
from tests.forgeries import forgeries
from tests.servers.conftest import Served
from tests.servers.test_grpc import bearer, of, reason


@pytest.mark.parametrize("data", [b"{", b"\xff\xff\xff", b"[]", b'{"text": 1}', b'{"nope": 1}', b"\0"])
async def test_bytes_that_are_no_message(channel: grpc.aio.Channel, served: Served, data: bytes) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await of(channel, ECHO)(data)
    assert (failed.value.code(), reason(failed.value)) == (
        grpc.StatusCode.INVALID_ARGUMENT,
        "INVALID_MESSAGE",
    )
    assert served.service.contexts == []


async def test_a_message_over_the_limit(channel: grpc.aio.Channel, served: Served) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await of(channel, ECHO)(b'{"text": "' + b"x" * 300_000 + b'"}')
    assert failed.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert served.service.contexts == []


@pytest.mark.parametrize("path", ["/test.echo.v1.EchoService/Nothing", "/no.such.Service/Echo", "/x"])
async def test_a_method_that_nobody_serves(channel: grpc.aio.Channel, path: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await channel.unary_unary(path)(b"{}")
    assert failed.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_no_token(channel: grpc.aio.Channel, served: Served) -> None:
    for method in (LIST, GET, WRITE, OPEN_CHAIN):
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await of(channel, method)(b'{"id": "note_1", "location_id": "loc_a1"}')
        assert (failed.value.code(), reason(failed.value)) == (
            grpc.StatusCode.UNAUTHENTICATED,
            "TOKEN_MISSING",
        )


async def test_forged_tokens(channel: grpc.aio.Channel, served: Served, tmp_path: Path) -> None:
    for why, token in forgeries(served.keys, tmp_path).items():
        if why in {"nul", "not ascii"}:
            continue  # no metadata can carry it
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await of(channel, LIST)(b"{}", metadata=[("authorization", f"Bearer {token}")])
        assert failed.value.code() is grpc.StatusCode.UNAUTHENTICATED, why
        assert reason(failed.value) == ("TOKEN_EXPIRED" if why.startswith("expired") else "TOKEN_INVALID")


async def test_tokens_of_a_sister_node_and_of_another_tenant(
    channel: grpc.aio.Channel, served: Served
) -> None:
    for metadata in (
        bearer(served, ("cashier", "loc_a2")),
        bearer(served, ("owner", "chn_b"), tenant="chn_b"),
        bearer(served, ("owner", "loc_a1"), tenant="chn_b"),
        bearer(served, ("owner", "*"), tenant="platform"),
    ):
        for method in (GET, WRITE, CLOSE, OPEN_CHAIN):
            with pytest.raises(grpc.aio.AioRpcError) as failed:
                await of(channel, method)(
                    b'{"id": "note_1", "location_id": "loc_a1"}',
                    metadata=[*metadata, ("idempotency-key", "k")],
                )
            assert (failed.value.code(), reason(failed.value)) == (
                grpc.StatusCode.PERMISSION_DENIED,
                "PERMISSION_DENIED",
            )
    assert served.claims.keys == []


async def test_a_missing_node_and_a_missing_key(channel: grpc.aio.Channel, served: Served) -> None:
    for body, code in ((b"{}", "INVALID_FIELD"), (b'{"location_id": "loc_a1"}', "IDEMPOTENCY_KEY_REQUIRED")):
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await of(channel, WRITE)(body, metadata=bearer(served))
        assert reason(failed.value) == code
