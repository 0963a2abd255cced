"""The door for protoc and buf: a request on standard input, the response on standard output."""

from __future__ import annotations

import sys

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
from google.protobuf.message import DecodeError

from oms_core.codegen.generate import generate
from oms_core.codegen.generators import installed
from oms_core.errors import GenerateError


def main() -> None:
    """Run as ``protoc-gen-oms``."""
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))


def answer(data: bytes) -> bytes:
    """Return the response to a request, both as protoc writes them; what is no request is an error in it."""
    try:
        response = generate(CodeGeneratorRequest.FromString(data), others=installed())
    except DecodeError:
        response = CodeGeneratorResponse(
            error="Standard input holds no request.\n  → Run it through protoc --oms_out, or buf generate."
        )
    except GenerateError as error:
        response = CodeGeneratorResponse(error=str(error))
    return response.SerializeToString()
