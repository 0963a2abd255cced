"""CPU per request of generated routes ÷ hand-written Litestar and msgspec routes that do the same."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec

from benchmarks import sample
from benchmarks.figures import Figure, ratio
from benchmarks.load import Failed, Plan, generate
from benchmarks.processes import Server, free_port
from benchmarks.requests import request
from benchmarks.settings import Settings
from oms_core.auth import Issuer, KeyRing
from oms_core.context import Grant

CONNECTIONS = 16
WARM_UP = 400

Kinds = Mapping[str, bytes]
"""The requests by the name of what they measure."""


async def run(settings: Settings) -> Sequence[Figure]:
    """Measure both in turn, several rounds, and compare the medians."""
    keys = settings.work / "route_keys"
    kinds = _kinds(token_for(keys))
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(_server("benchmarks.generated_routes", keys, settings.work))
        theirs = await stack.enter_async_context(
            _server("benchmarks.baselines.hand_written", keys, settings.work)
        )
        await _answer_the_same(ours, theirs, keys)
        return [await _compare(settings, name, kind, ours, theirs) for name, kind in kinds.items()]


def token_for(keys: Path) -> str:
    """Return a cashier's token of the location."""
    issuer = Issuer(KeyRing.open(keys), issuer="oms", audience="oms")
    grants = [Grant("cashier", sample.LOCATION)]
    return issuer.issue("user:bench", tenant=sample.CHAIN, grants=grants, ttl=timedelta(hours=2))


def _kinds(token: str) -> Kinds:
    headers = {"Idempotency-Key": "bench-1"}
    return {
        "small GET": request("GET", f"/v1/nodes/{sample.LOCATION}", token=token),
        "GET of a 10-line order": request("GET", f"/v1/orders/{sample.ORDER}", token=token),
        "POST of a 10-line order": request(
            "POST", "/v1/orders", token=token, body=sample.place_json(), headers=headers
        ),
    }


def _server(module: str, keys: Path, work: Path) -> Server:
    port = free_port()
    command = [sys.executable, "-m", module, str(port), str(keys)]
    # A route that wants a token answers 401 as soon as the server is up.
    return Server(command, port=port, ready_path="/v1/orders", ready_status=None, log=work / f"{module}.log")


async def _answer_the_same(ours: Server, theirs: Server, keys: Path) -> None:
    """Refuse to compare servers that do not do the same."""
    headers = {"Authorization": f"Bearer {token_for(keys)}", "Idempotency-Key": "bench-0"}
    calls = [
        ("GET", f"/v1/nodes/{sample.LOCATION}", None),
        ("GET", f"/v1/orders/{sample.ORDER}", None),
        ("POST", "/v1/orders", sample.place_json()),
        ("GET", "/v1/nodes/loc_foreign", None),
        ("POST", "/v1/orders", b'{"lines": [{"quantity": "many"}]}'),
        ("POST", "/v1/orders", b'{"surprise": 1}'),
    ]
    async with httpx.AsyncClient(headers=headers) as http:
        for method, path, body in calls:
            one = await http.request(method, ours.url + path, content=body)
            other = await http.request(method, theirs.url + path, content=body)
            same = one.status_code == other.status_code
            if same and one.is_success:
                same = msgspec.json.decode(one.content) == msgspec.json.decode(other.content)
            if not same:
                raise Failed(
                    f"{method} {path}: ours answers {one.text[:300]}, the baseline {other.text[:300]}"
                )
        naked = [await httpx.AsyncClient().get(f"{server.url}{calls[0][1]}") for server in (ours, theirs)]
        if {answer.status_code for answer in naked} != {401}:
            raise Failed("a request without a token is answered")


async def _compare(settings: Settings, name: str, kind: bytes, ours: Server, theirs: Server) -> Figure:
    settings.say(f"routes: {name}")
    count, rounds = settings.pick(4000, 1500), settings.pick(9, 3)
    for server in (ours, theirs):
        await _cpu_per_request(server, kind, WARM_UP)
    spent: dict[Server, list[float]] = {ours: [], theirs: []}
    for number in range(rounds):
        # A B, then B A: what drifts over time weighs on both alike.
        for server in (ours, theirs) if number % 2 else (theirs, ours):
            spent[server].append(await _cpu_per_request(server, kind, count))
    return Figure(
        name=f"generated route, {name}",
        unit="µs CPU a request",
        ours=statistics.median(spent[ours]),
        baseline=statistics.median(spent[theirs]),
        budget=ratio(at_most=1.0),
    )


async def _cpu_per_request(server: Server, kind: bytes, count: int) -> float:
    """Return the server's CPU time for each request, in µs."""
    before = server.cpu_seconds()
    await generate(Plan(port=server.port, requests=[kind], connections=CONNECTIONS, count=count))
    return (server.cpu_seconds() - before) / count * 1e6
