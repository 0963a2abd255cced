"""APIs that we did not write: each of their google.api.http bindings leads to its own method."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from oms_core.codegen.generate import content_of, generate
from oms_core.codegen.protoc import request_for
from oms_core.codegen.varint import varint
from oms_core.servers.http import route_handlers
from oms_wire.route import Route
from oms_wire.template import ONE, REST, parse
from tests.codegen.headers import FOLDER, compiled, header_of, service_of

OWN = [path.stem for path in FOLDER.glob("*.proto") if not header_of(path.stem).error]
GOOGLE = {
    "google.longrunning": "google/longrunning/operations_proto.proto",
    "google.cloud.location": "google/cloud/location/locations.proto",
}
"""What googleapis-common-protos has with routes, by package."""
_PUBLIC = varint(51203 << 3) + b"\x01"
"""The option (oms.options.v1.public) = true in binary."""


@pytest.mark.parametrize("name", OWN)
def test_every_binding_of_our_shapes_routes_to_its_method(tmp_path: Path, name: str) -> None:
    target = f"bound_{name}"
    (tmp_path / "protos").mkdir()
    assert not compiled(name, tmp_path, module=target)
    called: list[str] = []
    service = service_of(f"{target}.{name}.v1", tmp_path, lambda rpc, _: called.append(rpc))
    _all_routes_lead_home(f"{target}.{name}.v1", [service], called)


@pytest.mark.parametrize("package", GOOGLE)
def test_every_binding_of_googles_apis_routes_to_its_method(tmp_path: Path, package: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "empty.proto").write_text(
        'syntax = "proto3"; package acme.empty.v1; import "oms/options/v1/options.proto";message Empty {}'
    )
    target = package.replace(".", "_") + "_bound"
    request = request_for(
        tmp_path / "empty",
        packages={"acme": f"{target}_none", **{name: name.replace(".", "_") + "_bound" for name in GOOGLE}},
        installed=GOOGLE.values(),
    )
    for file in request.proto_file:
        if file.name in GOOGLE.values():
            _open_to_anybody(file)
    response = generate(request)
    assert not response.error
    for file in response.file:
        path = tmp_path / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content_of(file))
    called: list[str] = []
    service = service_of(target, tmp_path, lambda rpc, _: called.append(rpc))
    _all_routes_lead_home(target, [service], called)


def _open_to_anybody(file: Any) -> None:
    """Say for each method who may call it, which our compiler wants to know."""
    for service in file.service:
        for method in service.method:
            method.options.MergeFromString(_PUBLIC)


def _all_routes_lead_home(package: str, services: list[Any], called: list[str]) -> None:
    routes: tuple[Route[Any, Any], ...] = import_module(f"{package}.routes").ROUTES
    assert routes
    app = Litestar([h for service in services for h in route_handlers(service)], openapi_config=None)
    client = TestClient(app)
    for route in routes:
        for path in _paths(route):
            called.clear()
            answer = _answer(client, route, path)
            assert answer.status_code == 200, (path, answer.text)
            assert called == [route.method.full_name.rpartition("/")[2]], path


def _answer(client: Any, route: Route[Any, Any], path: str) -> Any:
    content = b"" if not route.has_body else None
    answer = client.request(route.http_method, path, content=content)
    if answer.status_code == 400:  # a variable that is no text, but a number
        return client.request(route.http_method, re.sub(r"\bz(\d+)", r"\1", path), content=content)
    return answer


def _paths(route: Route[Any, Any]) -> Iterator[str]:
    """Give paths that the template matches, the wildcards filled with what stands in no template."""
    template = parse(route.template)
    verb = f":{route.verb}" if route.verb else ""
    for rest in (["q1", "q2"], ["q1"]) if REST in template.segments else ([],):
        parts: list[str] = []
        for at, segment in enumerate(template.segments):
            kind = _SAMPLES.get(route.method.full_name.rpartition("/")[2], "")
            parts += rest if segment == REST else [kind or f"z{at}"] if segment == ONE else [segment]
        yield "/" + "/".join(parts) + verb


_SAMPLES = {"Plain": "1"}
"""For methods whose variables are numbers."""
