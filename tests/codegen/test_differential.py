"""Whatever our codecs write google's read alike, and the other way round."""

from __future__ import annotations

import importlib
import json
import os
from typing import Any, cast

import pytest
from google.protobuf.message import DecodeError
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from oms_wire import exact
from oms_wire.errors import InvalidArgument
from oms_wire.message import Message
from tests.codegen import structs
from tests.codegen.oracle import Oracle, cut_to_microseconds, keeps_an_entry_aside, messages

NAMES = {
    "acme.kinds.v1": ("Scalars", "Optionals", "Lists", "Maps", "Choice", "WellKnown", "Names"),
    "acme.shop.v1": ("Item", "SearchItemsRequest"),
    "oms.orders.v1": ("Order", "PlaceOrderRequest", "Quote"),
}


def _cases(package: str, root: str) -> list[tuple[type[Message], str, Oracle]]:
    module = importlib.import_module(root + package[package.index(".") :])
    oracle = Oracle(module.__name__)
    return [(getattr(module, name), f"{package}.{name}", oracle) for name in NAMES[package]]


assert structs.FOLDER.is_dir()
CASES = [
    *_cases("acme.kinds.v1", "acme_protos"),
    *_cases("acme.kinds.v1", "acme_structs"),
    *_cases("acme.shop.v1", "acme_protos"),
    *_cases("acme.shop.v1", "acme_structs"),
    *_cases("oms.orders.v1", "oms_protos"),
]
each_kind = pytest.mark.parametrize(
    ("kind", "name", "oracle"), CASES, ids=[f"{case[0].__module__}.{case[0].__name__}" for case in CASES]
)
# OMS_EXAMPLES is for the nightly run: make properties.
some = settings(
    max_examples=int(os.environ.get("OMS_EXAMPLES", "20")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@each_kind
@some
@given(data=st.data())
def test_binary_is_the_same_both_ways(
    kind: type[Message], name: str, oracle: Oracle, data: st.DataObject
) -> None:
    ours = data.draw(messages(kind))
    theirs = oracle.parsed(name, bytes(ours))
    assert kind.parse(theirs.SerializeToString()) == ours
    assert oracle.parsed(name, bytes(kind.parse(bytes(ours)))) == theirs


@each_kind
@some
@given(data=st.data())
def test_json_is_the_same_both_ways(
    kind: type[Message], name: str, oracle: Oracle, data: st.DataObject
) -> None:
    ours = data.draw(messages(kind))
    theirs = oracle.parsed(name, bytes(ours))
    assert oracle.from_json(name, ours.encode_json()) == theirs
    plain = oracle.to_json(theirs)
    assert kind.decode_json(plain) == ours
    assert exact.from_bytes(kind, plain) == ours
    snake = oracle.to_json(
        theirs, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    assert kind.decode_json(snake) == ours
    numbers = oracle.to_json(theirs, use_integers_for_enums=True)
    assert kind.decode_json(numbers) == ours


@each_kind
@some
@given(data=st.data())
def test_merging_is_reading_one_behind_the_other(
    kind: type[Message], name: str, oracle: Oracle, data: st.DataObject
) -> None:
    both = bytes(data.draw(messages(kind, depth=1))) + bytes(data.draw(messages(kind, depth=1)))
    try:
        merged = kind.parse(both)
    except InvalidArgument:
        # Of two spans, one's seconds and the other's nanoseconds may have different signs, which is none.
        reject()
    assert oracle.parsed(name, bytes(merged)) == oracle.parsed(name, both)


@each_kind
@some
@given(data=st.data())
def test_damaged_bytes_are_refused_or_read_as_google_reads_them(
    kind: type[Message], name: str, oracle: Oracle, data: st.DataObject
) -> None:
    whole = bytearray(bytes(data.draw(messages(kind, depth=1))))
    if whole:
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    damaged = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    try:
        ours = kind.parse(damaged)
    except InvalidArgument as error:
        assert error.code == "INVALID_MESSAGE"  # noqa: PT017 - both outcomes are right
        return
    try:
        theirs = oracle.parsed(name, damaged)
    except DecodeError:
        pytest.fail(f"{damaged!r} is no {name}, and was read as {ours!r}")
    if keeps_an_entry_aside(theirs):
        return
    read = oracle.parsed(name, bytes(ours))
    for message in (read, theirs):
        # A moment in Python has no room for fields that a newer Timestamp might have, nor for nanoseconds.
        message.DiscardUnknownFields()
        cut_to_microseconds(message)
    assert read == theirs


@each_kind
@some
@given(junk=st.binary(max_size=60))
def test_junk_never_ends_in_anything_but_invalid_argument(
    kind: type[Message], name: str, oracle: Oracle, junk: bytes
) -> None:
    for read in (kind.parse, kind.decode_json):
        try:
            cast("Message", read(junk))
        except InvalidArgument:
            continue


@each_kind
@some
@given(data=st.data())
def test_what_we_read_of_changed_json_google_reads_alike(
    kind: type[Message], name: str, oracle: Oracle, data: st.DataObject
) -> None:
    document = json.loads(data.draw(messages(kind, depth=1)).encode_json())
    _change(document, data)
    text = json.dumps(document)
    try:
        ours = kind.decode_json(text)
    except InvalidArgument:
        return
    if "null" not in text:  # where null stands in a list, google's reader in Python has slips of its own
        assert oracle.from_json(name, text) == oracle.parsed(name, bytes(ours))


_ODD: list[Any] = [
    *(True, False, 0, 1, -1, 1.0, 1.5, -0.0, 1e10, 2**31, 2**32, 2**63, 2**64, "", "1", "-1", "1.0", "1e2"),
    *("01", " 1", "+1", "1_0", "0x1", "NaN", "inf", "true", "AQ==", "AQ", "-_8", "é", [], [1], {}, {"a": 1}),
    *("TONE_FORTE", "LOUD", "1s", "-1.5s", "1.0000000001s", ".5s", "2024-05-01T00:00:00Z", "aB,c", "a_b"),
    *("2024-05-01T00:00:00+02:00", "2024-05-01 00:00:00Z", "2024-05-01T24:00:00Z", "1e400", "3.5e38", 3.5e38),
]


def _change(value: Any, data: st.DataObject) -> None:
    """Put something odd into the place of one value, or beside it."""
    while isinstance(value, dict | list) and value:
        key = data.draw(st.sampled_from(list(value) if isinstance(value, dict) else range(len(value))))
        if not isinstance(value[key], dict | list) or data.draw(st.booleans()):
            value[key] = data.draw(st.sampled_from(_ODD))
            return
        value = value[key]
