"""A gRPC client under load, in a process of its own: so many calls at once, until the count is reached."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from typing import Any

import grpc
import msgspec
import uvloop
from google.protobuf import json_format

from benchmarks import sample
from benchmarks.baselines import upb
from oms_protos.identity.v1 import GetNodeRequest, Node
from oms_protos.orders.v1 import Order, PlaceOrderRequest


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """``generated`` or google's messages; the small call or the order of ten lines."""

    port: int
    token: str
    generated: bool
    small: bool
    count: int
    at_once: int


class _Codec(msgspec.Struct, frozen=True):
    path: str
    request: object
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], object]


async def generate(plan: Plan) -> float:
    """Run the plan in a process of its own and return the calls per second."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.grpc_load",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate(msgspec.json.encode(plan))
    if process.returncode:
        raise RuntimeError("the gRPC client failed; see its traceback above")
    return float(output)


def _codec(plan: Plan) -> _Codec:
    node, place = "/oms.identity.v1.IdentityService/GetNode", "/oms.orders.v1.OrdersService/PlaceOrder"
    if plan.generated:
        if plan.small:
            return _Codec(node, GetNodeRequest(node_id=sample.LOCATION), bytes, Node.parse)
        return _Codec(place, PlaceOrderRequest.decode_json(sample.place_json()), bytes, Order.parse)
    if plan.small:
        request = upb.GetNodeRequest(node_id=sample.LOCATION)
        return _Codec(node, request, upb.GetNodeRequest.SerializeToString, upb.Node.FromString)
    request = json_format.Parse(sample.place_json(), upb.PlaceOrderRequest())
    return _Codec(place, request, upb.PlaceOrderRequest.SerializeToString, upb.Order.FromString)


async def _run(plan: Plan) -> float:
    codec = _codec(plan)
    metadata = (("authorization", f"Bearer {plan.token}"), ("idempotency-key", "bench"))
    async with grpc.aio.insecure_channel(f"127.0.0.1:{plan.port}") as channel:
        await asyncio.wait_for(channel.channel_ready(), 30)
        call = channel.unary_unary(
            codec.path, request_serializer=codec.encode, response_deserializer=codec.decode
        )
        left = iter(range(plan.count))

        async def caller() -> None:
            for _ in left:
                await call(codec.request, metadata=metadata)

        started = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(plan.at_once)))
        return plan.count / (time.perf_counter() - started)


if __name__ == "__main__":
    print(uvloop.run(_run(msgspec.json.decode(sys.stdin.buffer.read(), type=Plan))))
