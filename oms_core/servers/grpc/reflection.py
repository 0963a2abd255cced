"""Server reflection out of the descriptors that the compiler left, for grpcurl and its kind."""

from __future__ import annotations

from collections.abc import Iterable

import grpc
from google.protobuf import text_format
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_reflection.v1alpha.reflection import aio

from oms_core.errors import PluginError

V1ALPHA = "grpc.reflection.v1alpha.ServerReflection"
V1 = "grpc.reflection.v1.ServerReflection"


def add_reflection(server: grpc.aio.Server, services: Iterable[str], descriptors: Iterable[bytes]) -> None:
    """Let ``server`` describe ``services`` from serialised FileDescriptorSets; raises PluginError."""
    servicer = aio.ReflectionServicer([*services, V1ALPHA, V1], pool=pool_of(descriptors))
    reflection_pb2_grpc.add_ServerReflectionServicer_to_server(servicer, server)
    # The messages of v1 and v1alpha are the same on the wire; grpcio ships only the older name.
    handler = grpc.stream_stream_rpc_method_handler(
        servicer.ServerReflectionInfo,
        request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
        response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
    )
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler(V1, {"ServerReflectionInfo": handler})]
    )


def pool_of(descriptors: Iterable[bytes]) -> DescriptorPool:
    """Return a pool of our own with every file once, and those of health and reflection themselves."""
    pool = DescriptorPool()
    known: dict[str, FileDescriptorProto] = {}
    for file in _files(descriptors):
        first = known.setdefault(file.name, file)
        if first is not file:
            continue  # every set brings its imports along
        try:
            pool.Add(file)
        except TypeError as error:
            raise PluginError(
                "DESCRIPTOR_INVALID", f"the descriptor of {file.name} cannot be read", hint="run oms generate"
            ) from error
    return pool


def _renamed_to_v1(alpha: FileDescriptor) -> FileDescriptorProto:
    """Return the descriptor of v1, which differs in nothing but its name."""
    own = FileDescriptorProto()
    alpha.CopyToProto(own)
    return text_format.Parse(text_format.MessageToString(own).replace("v1alpha", "v1"), FileDescriptorProto())


def _files(descriptors: Iterable[bytes]) -> Iterable[FileDescriptorProto]:
    for module in (health_pb2, reflection_pb2):
        own = FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(own)
        yield own
    yield _renamed_to_v1(reflection_pb2.DESCRIPTOR)
    for data in descriptors:
        try:
            yield from FileDescriptorSet.FromString(data).file
        except DecodeError as error:
            raise PluginError(
                "DESCRIPTOR_INVALID", "a contract's descriptor.binpb is damaged", hint="run oms generate"
            ) from error
