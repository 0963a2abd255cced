"""protovalidate, over the descriptor sets that we generate: what compiled rules are compared with."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import protovalidate
from google.protobuf import json_format  # noqa: F401 - registers the well-known types' Python faces
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from hypothesis import strategies as st

from oms_wire.rules import Violation, shown_key
from tests.codegen.oracle import Oracle

Broken = set[tuple[str, str]]
"""The field path and the rule's id of each violation."""

_INTEGERS = st.integers(-4, 4) | st.sampled_from([99, 100, 101])
_NATURALS = st.integers(0, 4)
_REALS = st.sampled_from(
    [-2.0, -1.5, -1.0, 0.0, -0.0, 0.1, 0.5, 1.0, 2.0, 2.5, 3.0, math.inf, -math.inf, math.nan]
)
_TEXTS = st.sampled_from(
    ["", "a", "ab", "A1", "A1\n", "az", "at x", "a\"b'{}", "é", "éé", "\0", "a b"]
) | st.text("abz1", max_size=5)
# What is no UTF-8 ends protovalidate's evaluation where there is a pattern.
_BYTES = st.sampled_from([b"", b"a", b"ab", b"A1", b"a1", b'a"\0', b"1234", b"x" * 16]) | st.text(
    max_size=3
).map(str.encode)
_SECONDS = st.sampled_from([-2, -1, 0, 1, 2, 5, 6, 999, 1000, 1001, 1500, 1999, 2000, 2001])
_MICROS = st.sampled_from([0, 0, 5000, 6000, 500_000_000])
_URLS = st.sampled_from(["", "a/x", "a/y", "a/z"])
_PATHS = st.lists(st.sampled_from(["a", "a.x", "b", "b.c", "b.c.d", "ab"]), max_size=2)

_SCALARS: dict[int, st.SearchStrategy[Any]] = {
    FieldDescriptor.CPPTYPE_INT32: _INTEGERS,
    FieldDescriptor.CPPTYPE_INT64: _INTEGERS,
    FieldDescriptor.CPPTYPE_UINT32: _NATURALS,
    FieldDescriptor.CPPTYPE_UINT64: _NATURALS,
    FieldDescriptor.CPPTYPE_DOUBLE: _REALS,
    FieldDescriptor.CPPTYPE_FLOAT: _REALS,
    FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
    FieldDescriptor.CPPTYPE_ENUM: st.sampled_from([0, 1, 2, 3, 7]),
}
Build = Callable[[Any], None]
"""Fills a message of google's."""


def broken(message: Any) -> Broken:
    """What protovalidate finds."""
    return {(_path(found), found.proto.rule_id) for found in protovalidate.collect_violations(message)}


def ours(found: list[Violation]) -> Broken:
    assert len(set(found)) == len(found)
    return {(one.field, one.rule) for one in found}


def _path(found: protovalidate.Violation) -> str:
    path = ""
    for element in found.proto.field.elements if found.proto.field else ():
        path += f".{element.field_name}" if path else element.field_name
        if element.subscript:
            path += f"[{shown_key(element.subscript.value)}]"
    return path


@st.composite
def filled(draw: st.DrawFn, oracle: Oracle, name: str, texts: st.SearchStrategy[str] = _TEXTS) -> Any:
    """Any message of that name, its values near the limits that the test contract has."""
    message = oracle.new(name)
    _fill(draw, message, message.DESCRIPTOR, texts, depth=2)
    return message


def _fill(
    draw: st.DrawFn, message: Any, kind: Descriptor, texts: st.SearchStrategy[str], *, depth: int
) -> None:
    if kind.full_name in _KNOWN:
        _KNOWN[kind.full_name](draw, message)
        return
    for field in kind.fields:
        count = draw(st.integers(0, 3 if field.is_repeated else 1))
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            _fill_map(draw, getattr(message, field.name), field, texts, depth=depth, count=count)
        elif field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
            known = field.message_type.full_name.startswith("google.protobuf.")
            for _ in range(count if depth or known else 0):
                target = getattr(message, field.name)
                inner = target.add() if field.is_repeated else target
                if not field.is_repeated:
                    inner.SetInParent()
                _fill(draw, inner, field.message_type, texts, depth=depth - 1)
        elif field.is_repeated:
            getattr(message, field.name).extend(draw(_scalar(field, texts)) for _ in range(count))
        elif count:
            setattr(message, field.name, draw(_scalar(field, texts)))


def _fill_map(
    draw: st.DrawFn,
    target: Any,
    field: FieldDescriptor,
    texts: st.SearchStrategy[str],
    *,
    depth: int,
    count: int,
) -> None:
    key, value = (field.message_type.fields_by_name[name] for name in ("key", "value"))
    for _ in range(count):
        at = draw(_scalar(key, texts))
        if value.message_type is None:
            target[at] = draw(_scalar(value, texts))
        elif depth:
            _fill(draw, target[at], value.message_type, texts, depth=depth - 1)


def _scalar(field: FieldDescriptor, texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return _BYTES if field.type == FieldDescriptor.TYPE_BYTES else texts
    return _SCALARS[field.cpp_type]


def _moment(draw: st.DrawFn, message: Any) -> None:
    # Near now, but never so near that the moment between two validations matters.
    now = int(time.time())
    message.seconds = draw(_SECONDS | st.sampled_from([now - 86400, now - 600, now + 600, now + 86400]))
    message.nanos = draw(_MICROS)


def _span(draw: st.DrawFn, message: Any) -> None:
    message.seconds = draw(_SECONDS)
    message.nanos = draw(_MICROS) * (-1 if message.seconds < 0 else 1)


def _any(draw: st.DrawFn, message: Any) -> None:
    message.type_url = draw(_URLS)


def _mask(draw: st.DrawFn, message: Any) -> None:
    message.paths.extend(draw(_PATHS))


_KNOWN: dict[str, Callable[[st.DrawFn, Any], None]] = {
    "google.protobuf.Timestamp": _moment,
    "google.protobuf.Duration": _span,
    "google.protobuf.Any": _any,
    "google.protobuf.FieldMask": _mask,
}
