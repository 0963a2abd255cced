"""One server for all tests here; a chain of its own for each test."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.chains import Shop, open_shop
from tests.e2e.running_server import Server, serving


@pytest.fixture(scope="session")
async def server() -> AsyncIterator[Server]:
    with tempfile.TemporaryDirectory(prefix="oms-e2e-") as folder:
        async with serving(Path(folder) / "data") as running:
            yield running


@pytest.fixture(scope="session")
async def http(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, timeout=30.0, limits=httpx.Limits()) as client:
        yield client


@pytest.fixture
async def shop(server: Server, http: httpx.AsyncClient) -> Shop:
    return await open_shop(server, http)
