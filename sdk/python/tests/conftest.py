"""Both clients against one faulty server, on a clock that waits in no time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from oms_sdk import OMS, AsyncOMS
from sdk.python.tests.faulty_server import FaultyServer, running


@dataclass
class FakeClock:
    """Time passes only while somebody waits; ``pauses`` are the waits, in seconds."""

    time: float = 1_000.0
    epoch: float = 1_800_000_000.0
    pauses: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.time

    def now(self) -> float:
        return self.epoch

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds

    async def pause(self, seconds: float) -> None:
        self.sleep(seconds)


@dataclass
class Client:
    """OMS or AsyncOMS, used in one way: ``await client.do(lambda oms: oms.orders.get("ord_1"))``."""

    kind: type[OMS] | type[AsyncOMS]
    url: str
    clock: FakeClock
    made: list[Any] = field(default_factory=list)

    def make(self, **options: Any) -> Any:
        oms = self.kind(**{"base_url": self.url, "token": "secret", "clock": self.clock} | options)
        self.made.append(oms)
        return oms

    async def do(self, call: Callable[[Any], Any], **options: Any) -> Any:
        return await self.on(self.make(**options), call)

    async def on(self, oms: Any, call: Callable[[Any], Any]) -> Any:
        if isinstance(oms, OMS):
            return await asyncio.to_thread(call, oms)
        found = call(oms)
        return await found if isinstance(found, Awaitable) else found

    async def close(self) -> None:
        for oms in self.made:
            await self.on(oms, lambda oms: oms.close())


@pytest.fixture
def faulty() -> Iterator[FaultyServer]:
    with running() as server:
        yield server


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=[OMS, AsyncOMS], ids=["threads", "tasks"])
async def client(
    request: pytest.FixtureRequest, faulty: FaultyServer, clock: FakeClock
) -> AsyncIterator[Client]:
    made = Client(request.param, faulty.url, clock)
    yield made
    await made.close()
