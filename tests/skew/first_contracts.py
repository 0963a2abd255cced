"""The first contracts as whoever built against them has them: google's own protobuf, and no code of ours."""

from __future__ import annotations

import functools
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar, Self

import google.api
from google.protobuf import message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from grpc_tools import protoc

from oms_wire.method import Access, Idempotency, Method, Scope

FIRST = Path(__file__).parent / "first"


@functools.cache
def pool() -> DescriptorPool:
    """Return a pool of its own with the first contracts; the same names as today's do not meet."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "first.binpb"
        protos = [str(path.relative_to(FIRST)) for path in sorted(FIRST.rglob("*.proto"))]
        beside = [str(files("grpc_tools") / "_proto"), str(Path(next(iter(google.api.__path__))).parents[1])]
        paths = [f"-I{path}" for path in (FIRST, *beside)]
        done = protoc.main(["protoc", *paths, "--include_imports", f"--descriptor_set_out={out}", *protos])
        assert done == 0
        found = DescriptorPool()
        for file in FileDescriptorSet.FromString(out.read_bytes()).file:
            found.Add(file)
        return found


def message(name: str, /, **values: Any) -> Message:
    """Return a message of the first contracts, for example ``message("orders.v1.Line", quantity=1)``."""
    kind = message_factory.GetMessageClass(pool().FindMessageTypeByName(f"oms.{name}"))
    return kind(**values)


def parsed(name: str, data: bytes) -> Any:
    """Read a message of the first contracts."""
    one = message(name)
    one.ParseFromString(data)
    return one


class Carried:
    """A message in the form that channels carry."""

    NAME: ClassVar[str]

    def __init__(self, message: Message) -> None:
        self.message: Any = message

    def __bytes__(self) -> bytes:
        return self.message.SerializeToString()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls(parsed(cls.NAME, data))

    def encode_json(self) -> bytes:
        raise NotImplementedError

    @classmethod
    def decode_json(cls, data: bytes) -> Self:
        raise NotImplementedError


def method(service: str, name: str) -> Method[Carried, Carried]:
    """Return a method of the first contracts: ``method("orders.v1.OrdersService", "PlaceOrder")``."""
    described = pool().FindServiceByName(f"oms.{service}").FindMethodByName(name)
    keyed = not described.GetOptions().idempotency_level
    return Method(
        f"oms.{service}/{name}",
        name,
        _carried(described.input_type.full_name),
        _carried(described.output_type.full_name),
        Access("", Scope.PUBLIC),
        Idempotency.KEYED if keyed else Idempotency.NO_SIDE_EFFECTS,
    )


def _carried(full_name: str) -> type[Carried]:
    return type("Carried", (Carried,), {"NAME": full_name.removeprefix("oms.")})
