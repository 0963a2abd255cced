"""The generated services over gRPC, answering from memory."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import uvloop

from benchmarks.generated_routes import memory_endpoints
from oms_core.auth import KeyRing, Verifier
from oms_core.servers.grpc import GrpcServer


async def serve(port: int, keys: Path) -> None:
    """Serve until the process is ended."""
    verifier = Verifier(KeyRing.open(keys), issuer="oms", audience="oms")
    server = GrpcServer(memory_endpoints(), verifier=verifier, port=port)
    await server.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
