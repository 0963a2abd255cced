"""Path templates against an oracle that tries them one by one, with paths that want to be something else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from oms_core.codegen.generate import content_of, generate
from oms_core.codegen.protoc import request_for
from oms_core.codegen.sdk import generate_sdk
from oms_core.errors import GenerateError
from oms_core.servers.http import route_handlers
from oms_wire.template import ONE, REST, parse
from tests.codegen.headers import FOLDER, compiled, routes_of, service_of

WORDS = [
    "v1",
    "v2",
    "shelves",
    "books",
    "files",
    "size",
    "low",
    "tail",
    "**",
    "*",
    ":",
    ":read",
    "a:read",
    "a:copy",
]
TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=4)
SEGMENT = st.sampled_from(WORDS) | TEXT
Client = tuple[TestClient[Litestar], list[tuple[str, Any]], list[tuple[str, str]]]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("paths")
    assert not compiled("templates", folder, module="paths_templates")
    called: list[tuple[str, Any]] = []
    package = "paths_templates.templates.v1"
    service = service_of(
        package, folder, lambda rpc, request: called.append((rpc, json.loads(request.encode_json())))
    )
    rpcs = [(r.method.full_name.rpartition("/")[2], r.template) for r in routes_of(package)]
    gets = [
        (rpc, t)
        for rpc, t in rpcs
        if next(r for r in routes_of(package) if r.template == t).http_method == "GET"
    ]
    with TestClient(Litestar(route_handlers(service), openapi_config=None)) as client:
        yield client, called, gets


@settings(max_examples=int(os.environ.get("OMS_EXAMPLES", "200")), deadline=None)
@given(st.sampled_from(["v1", "v2"]), st.lists(SEGMENT, max_size=5))
def test_the_most_literal_template_gets_the_path_and_the_values(
    served: Client, version: str, rest: list[str]
) -> None:
    client, called, gets = served
    called.clear()
    segments = [version, *rest]
    answer = client.get("/" + "/".join(quote(segment, safe=":*") for segment in segments))
    if any(":" in segment for segment in segments[-1:]) and answer.status_code == 405:
        return  # a verb that another method has
    expected = _expected(segments, gets)
    if expected is None:
        assert (answer.status_code, called) == (404, [])
    else:
        assert called == [expected], answer.text


def _expected(segments: Sequence[str], templates: Sequence[tuple[str, str]]) -> tuple[str, Any] | None:
    found = [(rpc, parse(text)) for rpc, text in templates if _matches(parse(text).segments, segments)]
    if not found:
        return None
    # Literals first, then *, then **, from the left.
    rpc, template = min(found, key=lambda one: [_rank(segment) for segment in one[1].segments])
    for variable in template.variables:
        multiple = template.is_multiple(variable)
        end = len(segments) if REST in template.segments[variable.start : variable.end] else variable.end
        values = segments[variable.start : end]
        value = "/".join(v.replace("/", "%2F") if multiple else v for v in values)
        return rpc, {variable.field: value} if value else {}
    return rpc, {}


def _rank(segment: str) -> int:
    return 2 if segment == REST else 1 if segment == ONE else 0


def _matches(template: Sequence[str], segments: Sequence[str]) -> bool:
    if template and template[-1] == REST:
        template, segments = template[:-1], segments[: len(template) - 1]
    return len(template) == len(segments) and all(
        want in {ONE, got} for want, got in zip(template, segments, strict=True)
    )


def test_the_sdk_refuses_routes_that_it_cannot_call(tmp_path: Any) -> None:
    (tmp_path / "bodies.proto").write_text((FOLDER / "bodies.proto").read_text())
    packages = {"acme": "acme_protos", "google": "oms_protos.google"}
    request = request_for(tmp_path, packages=packages)
    with pytest.raises(GenerateError, match=r"the SDK cannot call POST /v1/orders/\{order\.id\}"):
        generate_sdk(request, packages=packages, output="acme_sdk")


@pytest.mark.parametrize("name", ["bodies", "queries", "shapes", "templates"])
def test_the_api_document_names_each_variable_of_a_path(tmp_path: Any, name: str) -> None:
    (tmp_path / f"{name}.proto").write_text((FOLDER / f"{name}.proto").read_text())
    response = generate(request_for(tmp_path, packages={"acme": "acme_protos"}))
    text = next(content_of(file) for file in response.file if file.name.endswith("openapi.json"))
    for path, operations in json.loads(text)["paths"].items():
        for operation in operations.values():
            given = [p["name"] for p in operation.get("parameters", []) if p["in"] == "path"]
            assert all(f"{{{one}}}" in path for one in given), path
            # A wildcard without a variable, as in /v1/*/size, is no field's.
            assert path.count("{") - len(given) == path.count("{any_"), path
