"""A field that needs a permission of its own, as callers over REST and gRPC see it."""

from __future__ import annotations

import grpc
import httpx
import pytest
from google.rpc import code_pb2, error_details_pb2, status_pb2

from tests.echo import WRITE
from tests.servers.conftest import Served

CASHIER = ("cashier", "loc_a1")
OWNER = ("owner", "chn_a")


async def write(
    client: httpx.AsyncClient, served: Served, note: str, *grants: tuple[str, str]
) -> httpx.Response:
    headers = {"authorization": f"Bearer {served.token(*grants)}", "idempotency-key": "key-1"}
    return await client.post("/v1/notes", content=note, headers=headers)


async def test_rest(client: httpx.AsyncClient, served: Served) -> None:
    numbered = '{"location_id": "loc_a1", "number": 7}'
    assert (await write(client, served, '{"location_id": "loc_a1"}', CASHIER)).status_code == 200
    assert (await write(client, served, numbered, OWNER)).json()["number"] == 7
    denied = await write(client, served, numbered, CASHIER)
    assert denied.status_code == 403
    problem = denied.json()
    assert problem["code"] == "PERMISSION_DENIED"
    assert [one["field"] for one in problem["violations"]] == ["number"]
    assert problem["permission"] == "echo.notes.number"
    assert len(served.claims.keys) == 2


async def test_grpc(channel: grpc.aio.Channel, served: Served) -> None:
    call = channel.unary_unary(WRITE.path)

    async def send(note: bytes, *grants: tuple[str, str]) -> object:
        token = ("authorization", f"Bearer {served.token(*grants)}")
        return await call(note, metadata=[token, ("idempotency-key", "key-1")])

    numbered = b'{"location_id": "loc_a1", "number": 7}'
    await send(b'{"location_id": "loc_a1"}', CASHIER)
    await send(numbered, OWNER)
    with pytest.raises(grpc.aio.AioRpcError) as denied:
        await send(numbered, CASHIER)
    trailing = dict(denied.value.trailing_metadata() or ())
    status = status_pb2.Status.FromString(trailing["grpc-status-details-bin"])
    assert status.code == code_pb2.PERMISSION_DENIED
    bad = error_details_pb2.BadRequest()
    assert any(packed.Unpack(bad) for packed in status.details)
    assert [one.field for one in bad.field_violations] == ["number"]
