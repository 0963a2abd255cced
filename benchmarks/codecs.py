"""Generated codecs, with both kinds of classes, against google's, protobuf-py's and stock betterproto2's."""

from __future__ import annotations

import importlib
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks import sample
from benchmarks.figures import Figure
from benchmarks.load import Failed
from benchmarks.other_codecs import (
    READS_BINARY,
    READS_JSON,
    WRITES_BINARY,
    WRITES_JSON,
    Codecs,
    other_codecs,
)
from benchmarks.other_generators import FIRST_PARTY
from benchmarks.settings import Settings
from oms_core.codegen.project import Project, expected, write
from oms_protos.orders.v1 import Order
from oms_wire.message import Message

ROUNDS = 9


async def run(settings: Settings) -> Sequence[Figure]:
    """Measure all of them in turns, several rounds, and compare the medians."""
    settings.say("codecs: generating with the others")
    text = sample.order_json()
    kinds: dict[str, type[Message]] = {"betterproto2 classes": Order, "structs": _struct(settings.work)}
    ours = {title: _generated(kind, text) for title, kind in kinds.items()}
    theirs = other_codecs(text, settings.work)
    _insist_on_the_same_bytes([*ours.values(), *theirs.values()])
    figures = []
    for name in (WRITES_JSON, READS_JSON, WRITES_BINARY, READS_BINARY):
        settings.say(f"codecs: a 10-line order, {name}")
        codecs = {who: some[name] for who, some in (ours | theirs).items()}
        spent = _spent(codecs, settings.pick(400, 80))
        figures += [
            Figure(
                name=f"10-line order, {name}, {title} ÷ {other}",
                unit="µs",
                ours=spent[title],
                baseline=spent[other],
            )
            for other in theirs
            for title in ours
        ]
    return figures


def _generated(kind: type[Message], text: bytes) -> Codecs:
    message = kind.decode_json(text)
    binary = bytes(message)
    return {
        WRITES_JSON: message.encode_json,
        READS_JSON: lambda: kind.decode_json(text),
        WRITES_BINARY: message.__bytes__,
        READS_BINARY: lambda: kind.parse(binary),
    }


def _struct(work: Path) -> type[Message]:
    """Compile the first-party contracts once more, with structs as classes."""
    project = Project(
        folder=work, root=FIRST_PARTY, packages={"oms": work / "bench_structs"}, messages="struct"
    )
    write(project, expected(project))
    sys.path.insert(0, str(work))
    kind: type[Message] = importlib.import_module("bench_structs.orders.v1").Order
    return kind


def _insist_on_the_same_bytes(all_codecs: Sequence[Codecs]) -> None:
    """Make sure that everybody was given the whole order: a codec that drops fields would be quick."""
    if len({codecs[WRITES_BINARY]() for codecs in all_codecs}) != 1:
        raise Failed("the codecs write the order differently: they are not given the same message")


def _spent(codecs: Mapping[str, Callable[[], object]], times: int) -> dict[str, float]:
    """Return what each takes in µs, the median of several rounds."""
    rounds: dict[str, list[float]] = {who: [] for who in codecs}
    for number in range(ROUNDS):
        for who in codecs if number % 2 else reversed(list(codecs)):
            rounds[who].append(_time(codecs[who], times))
    return {who: statistics.median(found) for who, found in rounds.items()}


def _time(codec: Callable[[], object], times: int) -> float:
    started = time.process_time()
    for _ in range(times):
        codec()
    return (time.process_time() - started) / times * 1e6
