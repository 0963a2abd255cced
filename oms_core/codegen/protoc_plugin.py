"""The door for protoc and buf: a request on standard input, the response on standard output."""

from __future__ import annotations

import sys

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest

from oms_core.codegen.generate import generate


def main() -> None:
    """Run as ``protoc-gen-oms``."""
    request = CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    sys.stdout.buffer.write(generate(request).SerializeToString())
