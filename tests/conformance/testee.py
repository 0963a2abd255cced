"""The program that the suite's runner talks to: reads a message in one format, writes it in another.

The frame that it speaks, conformance.proto, is read with google's own protobuf, so that what is judged is
what generated code does with the suite's messages, and nothing else.
"""

from __future__ import annotations

import importlib
import struct
import sys
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_tools import protoc

from oms_wire.errors import EncodeError, InvalidArgument
from tests.conformance.contract import MODULE

_PREFIX = "protobuf_test_messages.proto3."
_PROTOBUF, _JSON = 1, 2
_IGNORE_UNKNOWN = 3
_FEATURES = "conformance.FailureSet"


def serve(suite: Path, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests, each behind its length in four bytes, until there are no more."""
    request_type, response_type, failures = _frame(suite)
    while size := requests.read(4):
        request = request_type.FromString(requests.read(*struct.unpack("<I", size)))
        if request.message_type == _FEATURES:
            # The runner's first question: which tests are known to fail. Its list says that instead.
            answer = response_type(protobuf_payload=failures().SerializeToString())
        else:
            answer = response_type(**_answer(request))
        data = answer.SerializeToString()
        answers.write(struct.pack("<I", len(data)) + data)
        answers.flush()


def _answer(request: Any) -> dict[str, object]:
    payload = request.WhichOneof("payload")
    written = request.requested_output_format
    if not request.message_type.startswith(_PREFIX):
        return {"skipped": "only proto3 is compiled"}
    if payload not in {"protobuf_payload", "json_payload"} or written not in {_PROTOBUF, _JSON}:
        return {"skipped": "only binary and JSON are compiled"}
    try:
        message = _read(request, payload)
    except InvalidArgument as error:
        return {"parse_error": str(error)}
    try:
        if written == _JSON:
            return {"json_payload": message.encode_json().decode()}
        return {"protobuf_payload": bytes(message)}
    except EncodeError as error:
        return {"serialize_error": str(error)}


def _read(request: Any, payload: str) -> Any:
    kind: Any = getattr(importlib.import_module(MODULE), request.message_type.removeprefix(_PREFIX))
    if payload == "protobuf_payload":
        return kind.parse(request.protobuf_payload)
    return kind.from_json(
        request.json_payload, ignore_unknown_fields=request.test_category == _IGNORE_UNKNOWN
    )


def _frame(suite: Path) -> tuple[Any, ...]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "conformance.binpb"
        include = suite / "include"
        if protoc.main(
            ["protoc", f"-I{include}", f"--descriptor_set_out={target}", "conformance/conformance.proto"]
        ):
            raise SystemExit("protoc refused conformance.proto")
        found = descriptor_pb2.FileDescriptorSet.FromString(target.read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in found.file:
        pool.Add(file)
    names = ("conformance.ConformanceRequest", "conformance.ConformanceResponse", "conformance.FailureSet")
    return tuple(message_factory.GetMessageClass(pool.FindMessageTypeByName(name)) for name in names)


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[2])
    serve(Path(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer)
