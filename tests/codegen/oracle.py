"""Google's own protobuf, over the descriptor sets that we generate: what our codecs are compared with."""

from __future__ import annotations

import string
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from importlib.resources import files
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.unknown_fields import UnknownFieldSet
from hypothesis import strategies as st

from oms_protos.google.protobuf import Any_, Duration, FieldMask, ListValue, Struct, Timestamp, Value
from oms_protos.google.type import Money
from oms_wire.fields import DURATION, ENUM, MESSAGE, TIMESTAMP, Field, fields_of
from oms_wire.message import Message

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_INT32 = st.integers(-(2**31), 2**31 - 1) | st.sampled_from([0, 1, -1, 127, 128])
_INT64 = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([0, 1, -1, 2**53 + 1])
_UINT32, _UINT64 = st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": _TEXT,
    "bytes": st.binary(max_size=12),
    "bool": st.booleans(),
    **dict.fromkeys(("int32", "sint32", "sfixed32"), _INT32),
    **dict.fromkeys(("uint32", "fixed32"), _UINT32),
    **dict.fromkeys(("int64", "sint64", "sfixed64"), _INT64),
    **dict.fromkeys(("uint64", "fixed64"), _UINT64),
    "float": st.floats(allow_nan=False, width=32),
    "double": st.floats(allow_nan=False),
    TIMESTAMP: st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    DURATION: st.timedeltas(timedelta(seconds=-315_576_000_000), timedelta(seconds=315_576_000_000)),
}
_NANOS = st.integers(0, 999_999_999) | st.sampled_from([0, 1, 500_000_000, 999_999_999])
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=5,
)
_PATH = st.text(string.ascii_lowercase, min_size=1, max_size=5)
_KNOWN: dict[type, st.SearchStrategy[Any]] = {
    Timestamp: st.builds(Timestamp, seconds=st.integers(-62_135_596_800, 253_402_300_799), nanos=_NANOS),
    Duration: st.builds(
        lambda sign, seconds, nanos: Duration(seconds=sign * seconds, nanos=sign * nanos),
        *(st.sampled_from([1, -1]), st.integers(0, 315_576_000_000), _NANOS),
    ),
    Struct: st.dictionaries(_TEXT, _JSON, max_size=3).map(Struct.of),
    ListValue: st.lists(_JSON, max_size=3).map(ListValue.of),
    Value: _JSON.map(Value._from_wire),
    FieldMask: st.builds(
        FieldMask, paths=st.lists(st.lists(_PATH, min_size=1, max_size=3).map("_".join), max_size=3)
    ),
    Any_: st.sampled_from([Money("USD", 5, -3), Duration(1, 5), Struct.of({"a": [None]})]).map(Any_.pack),
}


class Oracle:
    """The messages of one generated package as google's classes."""

    def __init__(self, module: str) -> None:
        data = files(module).joinpath("descriptor.binpb").read_bytes()
        self.pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(data).file:
            self.pool.Add(file)

    def new(self, name: str) -> Any:
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))()

    def parsed(self, name: str, data: bytes) -> Any:
        message = self.new(name)
        message.ParseFromString(data)
        return message

    def from_json(self, name: str, text: bytes | str) -> Any:
        return json_format.Parse(text, self.new(name), descriptor_pool=self.pool)

    def to_json(self, message: Any, **options: bool) -> str:
        return json_format.MessageToJson(message, descriptor_pool=self.pool, **options)


def messages(kind: type[Message], *, depth: int = 2) -> st.SearchStrategy[Message]:
    """Any message of a generated class, nested at most ``depth`` deep, with one member a oneof."""
    if kind in _KNOWN:
        return _KNOWN[kind]
    table = fields_of(kind)
    plain = st.fixed_dictionaries({f.name: _field(f, depth) for f in table if not f.oneof})
    groups: dict[str, list[Field]] = {}
    for field in table:
        if field.oneof:
            groups.setdefault(field.oneof, []).append(field)
    members = [st.one_of(*(_member(f, depth) for f in group)) for group in groups.values()]
    return st.tuples(plain, *members).map(
        lambda parts: kind(**{k: v for part in parts for k, v in part.items()})
    )


def _member(field: Field, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    value = _field(field, depth)
    return value.map(lambda given: {field.name: given})


def _field(field: Field, depth: int) -> st.SearchStrategy[Any]:
    single = _single(field, depth)
    if field.key:
        keys = _VALUES[field.key]
        return st.dictionaries(keys, single, max_size=3) if single is not None else st.just({})
    if field.repeated:
        # Of nulls in a list google's json_format refuses what it writes itself.
        empty = single is None or field.of.__name__ == "NullValue"
        return st.just([]) if empty else st.lists(single, max_size=3)
    if single is None:
        return st.none()
    return st.none() | single if field.presence else single


def _single(field: Field, depth: int) -> st.SearchStrategy[Any] | None:
    if field.kind == MESSAGE:
        return messages(field.of, depth=depth - 1) if depth or field.of in _KNOWN else None  # type: ignore[arg-type]
    if field.kind == ENUM:
        assert issubclass(field.of, IntEnum)
        if field.of.__name__ == "NullValue":
            return st.just(field.of(0))
        # Enums are open: numbers that the contract does not know come through as well.
        return st.sampled_from([*field.of]) | _INT32.map(field.of)
    return _VALUES[field.kind]


def cut_to_microseconds(message: Any) -> None:
    """Drop what a datetime and a timedelta cannot hold from google's message, however deep it lies."""
    if message.DESCRIPTOR.full_name in {"google.protobuf.Timestamp", "google.protobuf.Duration"}:
        message.nanos = int(message.nanos / 1000) * 1000
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if not field.is_repeated:
            inner = [value]
        elif field.message_type.GetOptions().map_entry:
            inner = list(value.values()) if field.message_type.fields_by_name["value"].message_type else []
        else:
            inner = list(value)
        for one in inner:
            cut_to_microseconds(one)


def keeps_an_entry_aside(message: Any) -> bool:
    """Say whether upb left a whole entry of a map unknown, for a field in the entry that it does not know.

    Other implementations read the entry, as the encoding guide has it of any message; so do we.
    """
    maps = {field.number for field in message.DESCRIPTOR.fields if _is_map(field)}
    if any(unknown.field_number in maps for unknown in UnknownFieldSet(message)):
        return True
    return any(keeps_an_entry_aside(inner) for inner in _inside(message))


def _inside(message: Any) -> Iterator[Any]:
    for field, value in message.ListFields():
        if _is_map(field):
            if field.message_type.fields_by_name["value"].message_type:
                yield from value.values()
        elif field.message_type:
            yield from value if field.is_repeated else [value]


def _is_map(field: Any) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry
