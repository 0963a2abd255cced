"""The echo service behind a real HTTP and a real gRPC server on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import grpc
import httpx
import pytest
import pytest_asyncio

from oms_core.auth import Issuer, KeyRing, Verifier
from oms_core.context import Grant
from oms_core.servers.grpc import GrpcServer
from oms_core.servers.http import HttpServer, build_app
from oms_core.testing.ports import free_port
from tests.echo import ROUTES, EchoService, Forgetful, descriptor, endpoints_of

HOUR = timedelta(hours=1)


@dataclass
class Served:
    """A running echo service, and what to ask it with."""

    service: EchoService
    claims: Forgetful
    keys: KeyRing
    http_port: int
    grpc_port: int
    missing: dict[str, str]

    def token(self, *grants: tuple[str, str], tenant: str = "chn_a") -> str:
        issuer = Issuer(self.keys, issuer="oms", audience="oms")
        held = [Grant(*grant) for grant in grants or [("owner", "chn_a")]]
        return issuer.issue("user:1", tenant=tenant, grants=held, ttl=HOUR)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    keys = KeyRing.open(tmp_path_factory.mktemp("keys"))
    verifier = Verifier(keys, issuer="oms", audience="oms")
    service, claims, missing = EchoService(), Forgetful(), dict[str, str]()
    endpoints = endpoints_of(service, claims=claims)

    async def ready() -> dict[str, str]:
        return missing

    document = {"paths": {"/v1/echo": {"post": {"summary": "Say it <again>."}}}}
    app = build_app(ROUTES, endpoints, verifier=verifier, ready=ready, documents=[document], title="Echo")
    http = HttpServer(app, port=free_port())
    grpc_port = free_port()
    rpc = GrpcServer(endpoints, verifier=verifier, descriptors=[descriptor(), descriptor()], port=grpc_port)
    await http.start()
    await rpc.start()
    yield Served(service, claims, keys, http.port, grpc_port, missing)
    await rpc.stop(drain=1)
    await http.stop(drain=1)


@pytest.fixture(autouse=True)
def _fresh(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "served" in request.fixturenames:
        served: Served = request.getfixturevalue("served")
        served.service.on_echo = None
        served.service.contexts.clear()
        served.claims.keys.clear()
        served.missing.clear()


@pytest_asyncio.fixture(loop_scope="session")
async def client(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client with the owner's token."""
    headers = {"authorization": f"Bearer {served.token()}"}
    base = f"http://127.0.0.1:{served.http_port}"
    async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def channel(served: Served) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{served.grpc_port}") as channel:
        yield channel


@pytest.fixture
def raw(served: Served) -> Callable[[bytes], Awaitable[bytes]]:
    """Send bytes as they are to the HTTP server and return what comes back until it closes."""

    async def send(data: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.http_port)
        try:
            writer.write(data)
            writer.write_eof()
            async with asyncio.timeout(5):
                return await reader.read()
        finally:
            writer.close()
            await writer.wait_closed()

    return send


@pytest.fixture
def keys(served: Served) -> KeyRing:
    return served.keys
