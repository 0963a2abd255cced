"""The belts behind every door: in process, a real gRPC and a real HTTP server on this machine."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import grpc
import httpx
import pytest
import pytest_asyncio

from oms_core.auth import Authoriser, Issuer, KeyRing, Verifier
from oms_core.calls import Endpoints, LocalChannel
from oms_core.calls.handover import HandoverLog
from oms_core.context import Context, Grant, Principal, use
from oms_core.servers.grpc import GrpcServer
from oms_core.servers.http import HttpServer, build_app
from oms_core.testing.calling import CallerChannel
from oms_core.testing.ports import free_port
from oms_wire.grpcio import GrpcChannel
from oms_wire.service import Channel
from tests.echo import Forgetful, Tree

# The compiler's golden files are the contract that is served here.
sys.path.insert(0, str(Path(__file__).parents[1] / "codegen" / "golden"))

from acme_protos.streams.v1.routes import ROUTES

from tests.streams.belts import Belts

COOK = Principal("user:1", (Grant("cook", "loc_a1"), Grant("cook", "loc_a2")))
HEARTBEAT = 0.05


@dataclass
class Served:
    """Running belts, and what to ask them with."""

    belts: Belts
    endpoints: Endpoints
    keys: KeyRing
    http: HttpServer
    rpc: GrpcServer
    grpc_port: int

    def token(self, *grants: tuple[str, str], ttl: timedelta = timedelta(hours=1)) -> str:
        everywhere = [("cook", node) for node in ("loc_a1", "loc_a2", "chn_a")]
        held = [Grant(*grant) for grant in grants or everywhere]
        return Issuer(self.keys, issuer="oms", audience="oms").issue(
            "user:1", tenant="chn_a", grants=held, ttl=ttl
        )


@pytest_asyncio.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    keys, belts = KeyRing.open(tmp_path / "keys"), Belts()
    verifier = Verifier(keys, issuer="oms", audience="oms")
    endpoints = Endpoints(Authoriser(Tree()), claims=Forgetful())
    endpoints.add(belts, plugin="belts")

    async def ready() -> dict[str, str]:
        return {}

    app = build_app(ROUTES, endpoints, verifier=verifier, ready=ready, heartbeat=HEARTBEAT, body_limit=2000)
    http, grpc_port = HttpServer(app, port=free_port()), free_port()
    rpc = GrpcServer(endpoints, verifier=verifier, port=grpc_port)
    await http.start()
    await rpc.start()
    yield Served(belts, endpoints, keys, http, rpc, grpc_port)
    endpoints.open_streams.end(within=0)
    await rpc.stop(drain=5)
    await http.stop(drain=5)


@pytest_asyncio.fixture
async def http(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client with a cook's token."""
    headers = {"authorization": f"Bearer {served.token()}"}
    base = f"http://127.0.0.1:{served.http.port}"
    async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False, timeout=10) as client:
        yield client


@pytest_asyncio.fixture(params=["local", "sealed", "caller", "grpc"])
async def channel(request: pytest.FixtureRequest, served: Served) -> AsyncIterator[Channel]:
    """Every way that carries a stream: what a caller sees must not differ."""
    endpoints, log = served.endpoints, HandoverLog()
    if request.param == "caller":
        yield CallerChannel(endpoints, "chn_a", Principal("user:1", (*COOK.grants, Grant("cook", "chn_a"))))
    elif request.param == "grpc":
        metadata = (("authorization", f"Bearer {served.token()}"),)
        async with grpc.aio.insecure_channel(f"127.0.0.1:{served.grpc_port}") as lines:
            yield GrpcChannel(lines, metadata=lambda: metadata)
    else:
        with use(Context("chn_a", COOK)):
            yield LocalChannel(
                endpoints,
                actor="counter",
                requires=["belts"],
                handovers=log if request.param == "sealed" else None,
            )
        log.verify()
