"""protoc's request to protoc's response: the whole compiler as one pure function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pluggy
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse

from oms_core.codegen import asyncapi, openapi, rbac, render
from oms_core.codegen.backends import BACKENDS, Backend
from oms_core.codegen.declarations import declared
from oms_core.codegen.format import formatted
from oms_core.codegen.generators import files_of
from oms_core.codegen.model import Contract, Package
from oms_core.codegen.pages import pages
from oms_core.codegen.read import read_contract
from oms_core.codegen.source import Source
from oms_core.codegen.targets import TARGETS, chosen
from oms_core.codegen.varint import varint
from oms_core.errors import GenerateError

DEFAULT_PACKAGES: Mapping[str, str] = {
    "oms": "oms_protos",
    "google.api": "oms_protos.google.api",
    "google.protobuf": "oms_protos.google.protobuf",
    "google.rpc": "oms_protos.google.rpc",
    "google.type": "oms_protos.google.type",
}
"""Where the first-party contracts and the well-known ones live, unless the request says otherwise."""

_MESSAGES, _TARGETS = "messages", "targets"
_CONTENT_TAG = 15 << 3 | 2


def generate(
    request: CodeGeneratorRequest, *, others: pluggy.PluginManager | None = None
) -> CodeGeneratorResponse:
    """Return the files for ``request.file_to_generate``; a contract that cannot be compiled is ``error``.

    ``request.parameter`` maps proto packages to Python packages: ``acme=acme_protos,oms=oms_protos``.
    ``messages=struct`` asks for msgspec's structs instead of betterproto2's dataclasses, and
    ``targets=messages+openapi`` for these targets only. ``others`` are the generators of other distributions.
    """
    response = CodeGeneratorResponse(supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL)
    try:
        files = generated(request, others=others)
    except GenerateError as error:
        response.error = str(error)
        return response
    for name, content in sorted(files.items()):
        response.file.append(_file(name, content))
    return response


def generated(
    request: CodeGeneratorRequest, *, others: pluggy.PluginManager | None = None
) -> dict[str, bytes]:
    """Return the files of ``generate`` by name; raises GenerateError, with every problem and its place."""
    source = Source(request.proto_file)
    backend, targets, packages = _parameters(request.parameter)
    contract = read_contract(source, request.file_to_generate, packages, exact_times=backend.exact_times)
    files = _files(source, contract, backend, targets)
    if others is not None:
        files |= files_of(others, (declared(source, one) for one in contract.packages), files)
    return files


def _files(source: Source, contract: Contract, backend: Backend, targets: frozenset[str]) -> dict[str, bytes]:
    modules: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for package in contract.packages:
        folder = package.module.replace(".", "/")
        rendered = render.modules(package, backend, targets)
        modules.update((f"{folder}/{name}", text) for name, text in rendered)
        documents = _documents(package, contract, targets)
        files.update((f"{folder}/{name}", text.encode()) for name, text in documents)
        if "descriptor" in targets:
            files[f"{folder}/descriptor.binpb"] = source.descriptor_set(package.files)
    files.update((name, text.encode()) for name, text in formatted(modules).items())
    return files


def _documents(package: Package, contract: Contract, targets: frozenset[str]) -> Iterator[tuple[str, str]]:
    if package.services and "openapi" in targets:
        yield "openapi.json", openapi.document(package, contract)
    if package.services and "rbac" in targets:
        yield "rbac.json", rbac.document(package)
    if package.services and "docs" in targets:
        yield from pages(package, contract)
    if "asyncapi" in targets and any(message.event for message in package.messages):
        yield "asyncapi.json", asyncapi.document(package, contract)


def _file(name: str, content: bytes) -> CodeGeneratorResponse.File:
    # A descriptor set is no UTF-8. protoc writes content as it comes, and protobuf reads a proto2 string
    # without looking into it, but the Python class would not let us assign one: hence by its bytes.
    header = CodeGeneratorResponse.File(name=name).SerializeToString()
    return CodeGeneratorResponse.File.FromString(
        header + bytes([_CONTENT_TAG]) + varint(len(content)) + content
    )


def content_of(file: CodeGeneratorResponse.File) -> bytes:
    """Return the bytes that belong on disk."""
    content: str | bytes = file.content
    return content if isinstance(content, bytes) else content.encode()


def _parameters(parameter: str) -> tuple[Backend, frozenset[str], dict[str, str]]:
    packages = dict(DEFAULT_PACKAGES)
    backend, targets = "betterproto2", frozenset(TARGETS)
    for pair in filter(None, (part.strip() for part in parameter.split(","))):
        prefix, equals, module = pair.partition("=")
        if prefix == _MESSAGES and module in BACKENDS:
            backend = module
            continue
        if prefix == _TARGETS:
            targets = chosen(module.split("+"))
            continue
        if not equals or not prefix or prefix == _MESSAGES or not module.replace(".", "a").isidentifier():
            raise GenerateError(
                "BAD_PARAMETER",
                f"{pair!r} is no parameter of protoc-gen-oms.",
                hint="Give proto packages and Python packages, the kind of classes, or targets:"
                f" --oms_opt=acme=acme_protos,{_MESSAGES}={'|'.join(BACKENDS)},{_TARGETS}=messages+openapi",
            )
        packages[prefix] = module
    return BACKENDS[backend], targets, packages
