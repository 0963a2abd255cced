"""A request that breaks rules of its contract, as callers over REST and gRPC see it."""

from __future__ import annotations

import grpc
import httpx
import pytest
from google.rpc import error_details_pb2, status_pb2

from tests.echo import ECHO


async def test_rest(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/echo", content='{"number": 999}')).status_code == 200
    refused = await client.post("/v1/echo", content='{"number": 1000}')
    assert refused.status_code == 400
    problem = refused.json()
    assert problem["code"] == "INVALID_FIELD"
    assert problem["violations"] == [{"field": "number", "message": "must be less than or equal to 999"}]


async def test_grpc(channel: grpc.aio.Channel) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await channel.unary_unary(ECHO.path)(b'{"number": 1000}')
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    trailing = dict(refused.value.trailing_metadata() or ())
    status = status_pb2.Status.FromString(trailing["grpc-status-details-bin"])
    bad = error_details_pb2.BadRequest()
    assert any(packed.Unpack(bad) for packed in status.details)
    assert [(one.field, one.description) for one in bad.field_violations] == [
        ("number", "must be less than or equal to 999")
    ]
