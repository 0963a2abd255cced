"""Whole APIs of others, hundreds of messages each: they compile, import, and every binding leads home."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from google.api import annotations_pb2
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from oms_core.codegen.generate import content_of, generate
from oms_wire.service import Service
from tests.codegen.headers import implemented
from tests.codegen.test_third_party import _all_routes_lead_home, _open_to_anybody

FOLDER = Path(__file__).parent / "third_party"
SETS = sorted(path.name.removesuffix(".binpb.gz") for path in FOLDER.glob("*.gz"))
_SHARED = ("grpc_google_iam_v1",)
_MOVED = {"google/longrunning/operations.proto": "google/longrunning/operations_proto.proto"}
"""What googleapis-common-protos calls otherwise today."""


def files_of(name: str) -> dict[str, FileDescriptorProto]:
    """Return the files of a set by name."""
    data = gzip.decompress((FOLDER / f"{name}.binpb.gz").read_bytes())
    return {file.name: file for file in FileDescriptorSet.FromString(data).file}


def request_of(name: str, module: str) -> tuple[CodeGeneratorRequest, set[str]]:
    """Return the request that compiles a set, and the packages of its own."""
    own = files_of(name)
    known = {file.name: file for shared in _SHARED for file in files_of(shared).values()} | own
    ordered = _with_imports(known | _options())
    compiled = [file for file in ordered if not _has_code(file)]
    for file in compiled:
        _open_to_anybody(file)
        _leave_out_double_stars(file)
    packages = {file.package for file in compiled}
    request = CodeGeneratorRequest(
        file_to_generate=[file.name for file in compiled],
        proto_file=ordered,
        parameter=",".join(f"{package}={module}.{package}" for package in sorted(packages)),
    )
    return request, {file.package for file in own.values()}


def _leave_out_double_stars(file: FileDescriptorProto) -> None:
    """Take the route from a method whose path has ``**`` in the middle, which is refused by name."""
    for service in file.service:
        for method in service.method:
            rule = method.options.Extensions[annotations_pb2.http]
            if any("**}/" in getattr(rule, verb) for verb in ("get", "post", "put", "patch", "delete")):
                method.options.ClearExtension(annotations_pb2.http)


def _options() -> dict[str, FileDescriptorProto]:
    """Return the options of ours: without them nobody could say that a method is public."""
    data = files("oms_protos.orders.v1").joinpath("descriptor.binpb").read_bytes()
    name = "oms/options/v1/options.proto"
    return {file.name: file for file in FileDescriptorSet.FromString(data).file if file.name == name}


def _has_code(file: FileDescriptorProto) -> bool:
    return file.package in {"oms.options.v1", "google.api", "google.protobuf", "google.rpc", "google.type"}


def _installed(name: str) -> FileDescriptorProto:
    there = _MOVED.get(name, name)
    module = import_module(there.removesuffix(".proto").replace("/", ".") + "_pb2")
    file = FileDescriptorProto.FromString(module.DESCRIPTOR.serialized_pb)
    file.name = name
    return file


def _with_imports(known: dict[str, FileDescriptorProto]) -> list[FileDescriptorProto]:
    done: dict[str, FileDescriptorProto] = {}

    def add(name: str) -> None:
        if name not in done:
            file = known.get(name) or _installed(name)
            for imported in file.dependency:
                add(imported)
            done[name] = file

    for name in sorted(known):
        add(name)
    return list(done.values())


def bases_of(services: Any) -> Iterator[type[Service]]:
    """Give every service base of a generated module."""
    for name, value in vars(services).items():
        if name.endswith("Base") and issubclass(value, Service):
            yield value


def _noted(called: list[str], rpc: str, _: object) -> None:
    called.append(rpc)


@pytest.mark.parametrize("name", SETS)
def test_every_binding_leads_to_its_method(tmp_path: Path, name: str) -> None:
    module = f"third_{name}"
    request, packages = request_of(name, module)
    response = generate(request)
    assert not response.error
    for file in response.file:
        path = tmp_path / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content_of(file))
    sys.path.insert(0, str(tmp_path))
    routed = 0
    try:
        for package in sorted(packages):
            import_module(f"{module}.{package}.messages")
            if (tmp_path / module / package.replace(".", "/") / "routes.py").exists():
                called: list[str] = []
                services = [
                    implemented(base, partial(_noted, called))
                    for base in bases_of(import_module(f"{module}.{package}.services"))
                ]
                _all_routes_lead_home(f"{module}.{package}", services, called)
                routed += 1
    finally:
        sys.path.remove(str(tmp_path))
    assert routed
