"""Each form of google.api.http: the routes that come of it, and what real requests do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from oms_core.servers.http import route_handlers
from tests.codegen.headers import FOLDER, Line, compiled, header_of, routes_of, service_of

NAMES = sorted(path.stem for path in FOLDER.glob("*.proto"))
BACK_ENDS = ["betterproto2", "struct"]


class Bench:
    """One contract, compiled and served by a plain Litestar application."""

    def __init__(self, name: str, folder: Path, back_end: str) -> None:
        module = f"routes_{back_end}_{name}"
        self.package = f"{module}.{name}.v1"
        self.header = header_of(name)
        self.error = compiled(name, folder, module=module, messages=back_end)
        self.called: list[tuple[str, Any]] = []
        self.answer: Any = None
        if not self.error:
            handlers = route_handlers(service_of(self.package, folder, self._take))
            self.client = TestClient(Litestar(handlers, openapi_config=None))

    def _take(self, rpc: str, request: Any) -> Any:
        self.called.append((rpc, json.loads(request.encode_json())))
        return self.answer


@pytest.fixture(scope="module", params=BACK_ENDS)
def benches(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bench]:
    return {name: Bench(name, tmp_path_factory.mktemp(name), request.param) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_contract_gives_its_routes_or_its_error(benches: dict[str, Bench], name: str) -> None:
    bench = benches[name]
    assert bench.header.error in bench.error
    if bench.header.error:
        assert bench.error
    else:
        assert [f"{r.http_method} {r.template}" for r in routes_of(bench.package)] == bench.header.routes


def _lines(section: str) -> list[Any]:
    found = [(name, line) for name in NAMES for line in getattr(header_of(name), section)]
    return [pytest.param(name, line, id=line.text) for name, line in found]


@pytest.mark.parametrize(("name", "line"), _lines("requests"))
def test_a_request_becomes_a_message(benches: dict[str, Bench], name: str, line: Line) -> None:
    bench = benches[name]
    bench.called.clear()
    bench.answer = None
    media_type, content = line.content
    answer = bench.client.request(
        line.method,
        line.target,
        content=content if line.body else None,
        headers={"content-type": media_type} if line.body else {},
    )
    if line.status:
        assert (answer.status_code, bench.called) == (line.status, []), answer.text
        field = line.expected.partition(" ")[2]
        assert not field or [v["field"] for v in answer.json()["violations"]] == [field]
    else:
        rpc, _, expected = line.expected.partition(" ")
        assert answer.status_code == 200, answer.text
        assert bench.called == [(rpc, json.loads(expected))]


@pytest.mark.parametrize(("name", "line"), _lines("answers"))
def test_a_response_becomes_an_answer(benches: dict[str, Bench], name: str, line: Line) -> None:
    bench = benches[name]
    bench.answer = json.loads(line.body)
    body = b"" if line.method == "GET" else b"x"
    answer = bench.client.request(line.method, line.target, content=body or None)
    media_type, _, expected = line.expected.partition(" ")
    assert (answer.headers["content-type"], answer.text) == (media_type, expected)
