"""Whatever our codecs write google's read alike, and the other way round."""

from __future__ import annotations

from typing import cast

import pytest
from acme_protos.shop.v1 import Item, SearchItemsRequest
from google.protobuf.message import DecodeError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oms_protos.orders.v1 import Order, PlaceOrderRequest, Quote
from oms_wire import exact
from oms_wire.errors import InvalidArgument
from oms_wire.message import Message
from tests.codegen.oracle import Oracle, messages

CASES = [
    (Item, "acme.shop.v1.Item", Oracle("acme_protos.shop.v1")),
    (SearchItemsRequest, "acme.shop.v1.SearchItemsRequest", Oracle("acme_protos.shop.v1")),
    (Order, "oms.orders.v1.Order", Oracle("oms_protos.orders.v1")),
    (PlaceOrderRequest, "oms.orders.v1.PlaceOrderRequest", Oracle("oms_protos.orders.v1")),
    (Quote, "oms.orders.v1.Quote", Oracle("oms_protos.orders.v1")),
]
each_kind = pytest.mark.parametrize(("kind", "name", "oracle"), CASES, ids=[case[1] for case in CASES])
some = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


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
    assert oracle.parsed(name, bytes(kind.parse(both))) == oracle.parsed(name, both)


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
    assert oracle.parsed(name, bytes(ours)) == theirs


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
