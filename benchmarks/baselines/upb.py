"""Google's own messages (upb, in C) for our contracts, made from the committed descriptors."""

from __future__ import annotations

from importlib import resources

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message

_PACKAGES = ("oms_protos.identity.v1", "oms_protos.orders.v1")


def _pool() -> descriptor_pool.DescriptorPool:
    pool, known = descriptor_pool.DescriptorPool(), set[str]()
    for package in _PACKAGES:
        content = resources.files(package).joinpath("descriptor.binpb").read_bytes()
        for file in descriptor_pb2.FileDescriptorSet.FromString(content).file:
            if file.name not in known:
                known.add(file.name)
                pool.AddSerializedFile(file.SerializeToString())
    return pool


_POOL = _pool()


def message(full_name: str) -> type[Message]:
    """Return the class of a message by its full proto name."""
    return message_factory.GetMessageClass(_POOL.FindMessageTypeByName(full_name))


Node = message("oms.identity.v1.Node")
GetNodeRequest = message("oms.identity.v1.GetNodeRequest")
Order = message("oms.orders.v1.Order")
PlaceOrderRequest = message("oms.orders.v1.PlaceOrderRequest")
