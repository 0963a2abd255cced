"""Generated codecs, with both kinds of classes, against google's protobuf: upb, and its json_format."""

from __future__ import annotations

import importlib
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

from benchmarks import sample
from benchmarks.figures import Figure
from benchmarks.settings import Settings
from oms_core.codegen.project import Project, expected, write
from oms_protos.orders.v1 import Order
from oms_wire.message import Message

ROUNDS = 9
_ROOT = Path(__file__).parents[1]
_NAME = "oms.orders.v1.Order"

Codecs = Mapping[str, Callable[[], object]]
"""What is done with the order of ten lines, by the name of it."""


async def run(settings: Settings) -> Sequence[Figure]:
    """Measure each in turn with google's, several rounds, and compare the medians."""
    settings.say("codecs: JSON and binary of a 10-line order")
    theirs = _google(sample.order_json())
    figures = []
    kinds: dict[str, type[Message]] = {"betterproto2 classes": Order, "structs": _struct(settings.work)}
    for title, kind in kinds.items():
        ours = _generated(kind, sample.order_json())
        for name, codec in ours.items():
            figures.append(_figure(f"{name}, {title}", codec, theirs[name], settings.pick(400, 80)))
    return figures


def _generated(kind: type[Message], text: bytes) -> Codecs:
    message = kind.decode_json(text)
    binary = bytes(message)
    return {
        "JSON written": message.encode_json,
        "JSON read": lambda: kind.decode_json(text),
        "binary written": message.__bytes__,
        "binary read": lambda: kind.parse(binary),
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
        "JSON written": lambda: json_format.MessageToJson(message, indent=None, descriptor_pool=pool),
        "JSON read": lambda: json_format.Parse(text, kind(), descriptor_pool=pool),
        "binary written": message.SerializeToString,
        "binary read": lambda: kind.FromString(binary),
    }


def _struct(work: Path) -> type[Message]:
    """Compile the first-party contracts once more, with structs as classes."""
    project = Project(
        folder=work, root=_ROOT / "protos", packages={"oms": work / "bench_structs"}, messages="struct"
    )
    write(project, expected(project))
    sys.path.insert(0, str(work))
    kind: type[Message] = importlib.import_module("bench_structs.orders.v1").Order
    return kind


def _figure(name: str, ours: Callable[[], object], theirs: Callable[[], object], times: int) -> Figure:
    mine, others = [], []
    for _ in range(ROUNDS):
        mine.append(_time(ours, times))
        others.append(_time(theirs, times))
    return Figure(
        name=f"10-line order, {name}",
        unit="µs",
        ours=statistics.median(mine),
        baseline=statistics.median(others),
    )


def _time(codec: Callable[[], object], times: int) -> float:
    started = time.process_time()
    for _ in range(times):
        codec()
    return (time.process_time() - started) / times * 1e6
