"""The same two calls on grpc.aio with google's own messages: bearer token, role at the node, answer."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import Any

import grpc
import uvloop
from google.protobuf import json_format
from google.protobuf.message import Message

from benchmarks import sample
from benchmarks.baselines import upb
from benchmarks.baselines.hand_written import PLACERS, READERS
from oms_core.auth import KeyRing, Verifier
from oms_wire.errors import Unauthenticated

Behaviour = Callable[[Any, "grpc.aio.ServicerContext[Any, Any]"], Awaitable[Message]]


class Services:
    """Answers from memory."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self._node = json_format.Parse(sample.node_json(), upb.Node())
        self._order = json_format.Parse(sample.order_json(), upb.Order())

    async def get_node(self, request: Any, call: grpc.aio.ServicerContext[Any, Any]) -> Message:
        """Return the location."""
        await self._permit(call, READERS, request.node_id)
        return self._node

    async def place_order(self, request: Any, call: grpc.aio.ServicerContext[Any, Any]) -> Message:
        """Return the order as if it had been placed now."""
        await self._permit(call, PLACERS, request.location_id)
        return self._order

    async def _permit(
        self, call: grpc.aio.ServicerContext[Any, Any], roles: Collection[str], node: str
    ) -> None:
        metadata = dict(call.invocation_metadata())
        try:
            user = self._verifier.verify(str(metadata.get("authorization", ""))[7:]).principal
        except Unauthenticated:
            await call.abort(grpc.StatusCode.UNAUTHENTICATED, "send a bearer token")
            raise
        path = sample.PATH if node == sample.LOCATION else ()
        if not any(grant.node in path and grant.role in roles for grant in user.grants):
            await call.abort(grpc.StatusCode.PERMISSION_DENIED, f"not allowed at {node}")


async def serve(port: int, keys: Path) -> None:
    """Serve until the process is ended."""
    services = Services(Verifier(KeyRing.open(keys), issuer="oms", audience="oms"))
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    for service, name, behaviour, request in (
        ("oms.identity.v1.IdentityService", "GetNode", services.get_node, upb.GetNodeRequest),
        ("oms.orders.v1.OrdersService", "PlaceOrder", services.place_order, upb.PlaceOrderRequest),
    ):
        server.add_generic_rpc_handlers([_handler(service, name, behaviour, request)])
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    await asyncio.Event().wait()


def _handler(service: str, name: str, behaviour: Behaviour, request: type[Message]) -> grpc.GenericRpcHandler:
    method = grpc.unary_unary_rpc_method_handler(
        behaviour,
        request_deserializer=request.FromString,
        response_serializer=lambda answer: answer.SerializeToString(),
    )
    return grpc.method_handlers_generic_handler(service, {name: method})


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
