"""Google's own protobuf, over the descriptor sets that we generate: what our codecs are compared with."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import betterproto2
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from hypothesis import strategies as st

from oms_wire.fields import TIMESTAMP, Field, fields_of
from oms_wire.message import Message

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    betterproto2.TYPE_STRING: _TEXT,
    betterproto2.TYPE_BOOL: st.booleans(),
    betterproto2.TYPE_INT32: st.integers(-(2**31), 2**31 - 1) | st.sampled_from([0, 1, -1, 127, 128]),
    betterproto2.TYPE_UINT32: st.integers(0, 2**32 - 1),
    betterproto2.TYPE_INT64: st.integers(-(2**63), 2**63 - 1) | st.sampled_from([0, 1, -1, 2**53 + 1]),
    TIMESTAMP: st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
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
    """Any message of a generated class, nested at most ``depth`` deep."""
    return st.builds(kind, **{field.name: _field(field, depth) for field in fields_of(kind)})


def _field(field: Field, depth: int) -> st.SearchStrategy[Any]:
    single = _single(field, depth)
    if field.repeated:
        return st.lists(single, max_size=3) if single is not None else st.just([])
    if single is None:
        return st.none()
    return st.none() | single if field.presence else single


def _single(field: Field, depth: int) -> st.SearchStrategy[Any] | None:
    if issubclass(field.of, Message):
        return messages(field.of, depth=depth - 1) if depth else None
    if issubclass(field.of, betterproto2.Enum):
        # Enums are open: numbers that the contract does not know come through as well.
        return st.sampled_from([*field.of]) | st.integers(-(2**31), 2**31 - 1).map(field.of)
    return _VALUES[field.kind]
