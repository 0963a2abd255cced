"""The load generator: keep-alive connections in a process of its own, closed or open loop.

Closed (``rate`` None): each connection sends its next request when it has its answer. Open: requests come
as guests do, at random moments (Poisson) and whether or not the server keeps up; an answer's time counts
from the moment the request was due, so a stall is charged to everyone who waited (no coordinated omission).
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Iterator

import msgspec
import uvloop

from benchmarks.connection import Connection

MARK = b"%" * 16
"""Sixteen bytes in a request that become its number: a key or an id of its own."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to send. Requests are taken in turn; ``first`` is the number of the first one."""

    port: int
    requests: list[bytes]
    connections: int
    count: int
    rate: float | None = None
    first: int = 0


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came back. ``latencies`` are in seconds, sorted."""

    seconds: float
    latencies: list[float]
    statuses: dict[int, int]
    sample: bytes
    """The body of the last answer that was not 200, or else of the last one."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        """Return the latency, in ms, that ``share`` of the answers did not exceed."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))] * 1000


class Failed(Exception):
    """The server did not answer every request with 200, so there is nothing to measure."""


async def generate(plan: Plan) -> Outcome:
    """Run the plan in a process of its own; raises Failed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.load", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate(msgspec.msgpack.encode(plan))
    if process.returncode:
        raise Failed("the load generator failed; see its traceback above")
    outcome = msgspec.msgpack.decode(output, type=Outcome)
    if set(outcome.statuses) != {200}:
        raise Failed(f"answers by status: {outcome.statuses}; for example {outcome.sample.decode()!r}")
    return outcome


class _Run(ABC):
    """One plan under way in this process."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._latencies: list[float] = []
        self._statuses: Counter[int] = Counter()
        self._sample = (200, b"")
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> Outcome:
        connections = [await self.connect() for _ in range(self.plan.connections)]
        started = time.perf_counter()
        self.start(connections)
        await self._over
        return Outcome(
            seconds=time.perf_counter() - started,
            latencies=sorted(self._latencies),
            statuses=dict(self._statuses),
            sample=self._sample[1],
        )

    @abstractmethod
    def start(self, connections: list[Connection]) -> None:
        """Send the first requests."""

    @abstractmethod
    def free(self, connection: Connection) -> None:
        """Use a connection that has its answer."""

    def lost(self, connection: Connection) -> None:
        """End the run, unless it is over: the server hung up on a request."""
        if connection.busy and not self._over.done():
            self._over.set_exception(ConnectionResetError("the server closed a connection under load"))

    async def connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(
            lambda: Connection(self._answered, self.lost), "127.0.0.1", self.plan.port
        )
        return connection

    def requests(self) -> Iterator[bytes]:
        for number in range(self.plan.count):
            request = self.plan.requests[number % len(self.plan.requests)]
            yield request.replace(MARK, b"%016x" % (self.plan.first + number))

    def _answered(self, connection: Connection, status: int, body: bytes) -> None:
        self._latencies.append(time.perf_counter() - connection.due)
        self._statuses[status] += 1
        if status != 200 or self._sample[0] == 200:
            self._sample = (status, body)
        if len(self._latencies) == self.plan.count:
            self._over.set_result(None)
        else:
            self.free(connection)


class _Closed(_Run):
    """Each connection sends its next request when it has its answer."""

    def start(self, connections: list[Connection]) -> None:
        self._left = self.requests()
        for connection in connections:
            self.free(connection)

    def free(self, connection: Connection) -> None:
        request = next(self._left, None)
        if request is not None:
            connection.send(request, due=time.perf_counter())


class _Open(_Run):
    """Requests are sent when they are due; those that find no free connection wait, and their time counts."""

    def start(self, connections: list[Connection]) -> None:
        self._idle = connections
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._connecting: set[asyncio.Task[None]] = set()
        loop, due = asyncio.get_running_loop(), time.perf_counter()
        offset = loop.time() - due
        arrivals = random.Random(20260101)
        for request in self.requests():
            due += arrivals.expovariate(self.plan.rate or 1.0)
            loop.call_at(due + offset, self._arrive, due, request)

    def free(self, connection: Connection) -> None:
        if self._waiting:
            due, request = self._waiting.popleft()
            connection.send(request, due=due)
        else:
            self._idle.append(connection)

    def lost(self, connection: Connection) -> None:
        super().lost(connection)
        if connection in self._idle:  # the server closes what was quiet for long
            self._idle.remove(connection)
            task = asyncio.create_task(self._replace())
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)

    async def _replace(self) -> None:
        self.free(await self.connect())

    def _arrive(self, due: float, request: bytes) -> None:
        if self._idle:
            self._idle.pop().send(request, due=due)
        else:
            self._waiting.append((due, request))


async def _main() -> None:
    plan = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Plan)
    run = _Closed(plan) if plan.rate is None else _Open(plan)
    sys.stdout.buffer.write(msgspec.msgpack.encode(await run.run()))


if __name__ == "__main__":
    uvloop.run(_main())
