"""The same message with the codecs of others: google's upb, protobuf-py, stock betterproto2."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

from benchmarks.other_generators import BETTERPROTO2, GOOGLE, PROTOBUF_PY, generate_with, orders_protos

Codecs = Mapping[str, Callable[[], object]]
"""What is done with a message, by the name of it."""

_NAME = "oms.orders.v1.Order"
WRITES_JSON, READS_JSON = "JSON written", "JSON read"
WRITES_BINARY, READS_BINARY = "binary written", "binary read"


def other_codecs(text: bytes, work: Path) -> dict[str, Codecs]:
    """Return the codecs of each for the order that ``text`` is; their code goes into ``work``."""
    for other, package in ((PROTOBUF_PY, "bench_protobuf_py"), (BETTERPROTO2, "bench_betterproto2")):
        generate_with(other, orders_protos(), work / package)
    sys.path.insert(0, str(work))
    return {
        GOOGLE: _google(text),
        PROTOBUF_PY: _protobuf_py(text),
        BETTERPROTO2: _betterproto2(text),
    }


def _google(text: bytes) -> Codecs:
    pool = descriptor_pool.DescriptorPool()
    found = files("oms_protos.orders.v1").joinpath("descriptor.binpb").read_bytes()
    for file in descriptor_pb2.FileDescriptorSet.FromString(found).file:
        pool.Add(file)
    kind: Any = message_factory.GetMessageClass(pool.FindMessageTypeByName(_NAME))
    message = json_format.Parse(text, kind(), descriptor_pool=pool)
    binary = message.SerializeToString()
    return {
        WRITES_JSON: lambda: json_format.MessageToJson(message, indent=None, descriptor_pool=pool),
        READS_JSON: lambda: json_format.Parse(text, kind(), descriptor_pool=pool),
        WRITES_BINARY: message.SerializeToString,
        READS_BINARY: lambda: kind.FromString(binary),
    }


def _protobuf_py(text: bytes) -> Codecs:
    kind = importlib.import_module("bench_protobuf_py.oms.orders.v1.orders_pb").Order
    message = kind.from_json(text)
    binary = message.to_binary()
    return {
        WRITES_JSON: message.to_json,
        READS_JSON: lambda: kind.from_json(text),
        WRITES_BINARY: message.to_binary,
        READS_BINARY: lambda: kind.from_binary(binary),
    }


def _betterproto2(text: bytes) -> Codecs:
    kind = importlib.import_module("bench_betterproto2.oms.orders.v1").Order
    message = kind.from_json(text)
    binary = bytes(message)
    return {
        WRITES_JSON: message.to_json,
        READS_JSON: lambda: kind.from_json(text),
        WRITES_BINARY: message.__bytes__,
        READS_BINARY: lambda: kind.parse(binary),
    }
