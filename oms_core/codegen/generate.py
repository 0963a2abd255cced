"""protoc's request to protoc's response: the whole compiler as one pure function."""

from __future__ import annotations

from collections.abc import Mapping

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse

from oms_core.codegen import openapi, render
from oms_core.codegen.format import formatted
from oms_core.codegen.model import Contract
from oms_core.codegen.read import read_contract
from oms_core.codegen.source import Source
from oms_core.codegen.varint import varint
from oms_core.errors import GenerateError

DEFAULT_PACKAGES: Mapping[str, str] = {"oms": "oms_protos"}
"""Where the first-party contracts live, unless the request says otherwise."""

_CONTENT_TAG = 15 << 3 | 2


def generate(request: CodeGeneratorRequest) -> CodeGeneratorResponse:
    """Return the files for ``request.file_to_generate``; a contract that cannot be compiled is ``error``.

    ``request.parameter`` maps proto packages to Python packages: ``acme=acme_protos,oms=oms_protos``.
    """
    response = CodeGeneratorResponse(supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL)
    try:
        source = Source(request.proto_file)
        contract = read_contract(source, request.file_to_generate, _packages(request.parameter))
        files = _files(source, contract)
    except GenerateError as error:
        response.error = str(error)
        return response
    for name, content in sorted(files.items()):
        response.file.append(_file(name, content))
    return response


def _files(source: Source, contract: Contract) -> dict[str, bytes]:
    sources: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for package in contract.packages:
        folder = package.module.replace(".", "/")
        sources.update((f"{folder}/{name}", text) for name, text in render.modules(package))
        files[f"{folder}/descriptor.binpb"] = source.descriptor_set(package.files)
        if package.services:
            files[f"{folder}/openapi.json"] = openapi.document(package, contract).encode()
    files.update((name, text.encode()) for name, text in formatted(sources).items())
    return files


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


def _packages(parameter: str) -> dict[str, str]:
    packages = dict(DEFAULT_PACKAGES)
    for pair in filter(None, (part.strip() for part in parameter.split(","))):
        prefix, equals, module = pair.partition("=")
        if not equals or not prefix or not module.replace(".", "a").isidentifier():
            raise GenerateError(
                "BAD_PARAMETER",
                f"{pair!r} is no parameter of protoc-gen-oms.",
                hint="Give proto packages and Python packages: --oms_opt=acme=acme_protos",
            )
        packages[prefix] = module
    return packages
