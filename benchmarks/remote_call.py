"""A call from plugin to plugin over gRPC on one machine, against the same call in one process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

from benchmarks import sample
from benchmarks.figures import Figure
from benchmarks.generated_routes import memory_endpoints
from benchmarks.processes import free_port
from benchmarks.settings import Settings
from oms_core.auth import KeyRing, ServiceIssuer, ServiceVerifier, Verifier
from oms_core.calls import LocalChannel, RemoteChannel
from oms_core.calls.connecting import connected
from oms_core.context import Context, use
from oms_core.servers.grpc import GrpcServer
from oms_protos.identity.v1 import GetNodeRequest, IdentityClient

ROUNDS = 7


async def run(settings: Settings) -> Sequence[Figure]:
    """Measure both in turn; client and server of the hop share this process and its processor."""
    settings.say("hop: over gRPC")
    calls = settings.pick(2_000, 400)
    keys, port = KeyRing.open(settings.work / "hop_keys"), free_port()
    endpoints = memory_endpoints()
    async with AsyncExitStack() as stack:
        server = GrpcServer(
            endpoints,
            verifier=Verifier(keys, issuer="oms", audience="oms"),
            services=ServiceVerifier(keys, issuer="oms"),
            port=port,
        )
        await server.start()
        stack.push_async_callback(server.stop, drain=1.0)
        lines = connected([f"127.0.0.1:{port}"], repeatable=())
        stack.push_async_callback(lines.close)
        vouch = ServiceIssuer(keys, issuer="oms").vouch
        there = IdentityClient(RemoteChannel(lines, plugin="identity", vouch=vouch, actor="menu"))
        here = IdentityClient(LocalChannel(endpoints, actor="menu", requires=["identity"]))
        with use(Context(sample.CHAIN, deadline=time.monotonic() + 600)):
            await _time(there, 50)
            over = [await _time(there, calls) for _ in range(ROUNDS)]
            beside = [await _time(here, calls) for _ in range(ROUNDS)]
    return [
        Figure(
            name="call between plugins over gRPC, one after the other",
            unit="µs",
            ours=statistics.median(over),
            baseline=statistics.median(beside),
            note="wall time; client and server share a process",
        )
    ]


async def _time(client: IdentityClient, calls: int) -> float:
    request = GetNodeRequest(node_id=sample.LOCATION)
    started = time.perf_counter()
    for _ in range(calls):
        await client.get_node(request)
    return (time.perf_counter() - started) / calls * 1e6
