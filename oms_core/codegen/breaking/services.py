"""Services and their methods: what is called, with what, and how often it may be."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.descriptor_pb2 import MethodDescriptorProto, MethodOptions

from oms_core.codegen.breaking.finding import Finding
from oms_core.codegen.breaking.gone import gone
from oms_core.codegen.breaking.surface import Declared, Surface
from oms_core.codegen.source import OPTIONS_PACKAGE

_SHAPES = {
    (False, False): "one message to one message",
    (False, True): "one message to a stream",
    (True, False): "a stream to one message",
    (True, True): "a stream to a stream",
}


def changed_services(old: Surface, new: Surface) -> Iterator[Finding]:
    """Give what changed of services, of their methods' types, streams and repetition."""
    yield from gone("SERVICE_DELETED", old.services, old, new, new.services)
    yield from gone("METHOD_DELETED", old.methods, old, new, new.methods)
    for name in old.methods.keys() & new.methods.keys():
        was, method = old.methods[name], new.methods[name]
        for rule, side in (("METHOD_REQUEST", "input_type"), ("METHOD_RESPONSE", "output_type")):
            before, after = getattr(was.proto, side)[1:], getattr(method.proto, side)[1:]
            if before != after:
                word = "request" if side == "input_type" else "response"
                yield method.finding(rule, f"its {word} was {before}, and is {after}")
        if _shape(was.proto) != _shape(method.proto):
            yield method.finding(
                "METHOD_STREAMING", f"it was {_shape(was.proto)}, and is {_shape(method.proto)}"
            )
        if (before := _repeats(old, was)) != (after := _repeats(new, method)):
            yield method.finding("METHOD_IDEMPOTENCY", f"it was {before}, and is {after}")


def _shape(method: MethodDescriptorProto) -> str:
    return _SHAPES[method.client_streaming, method.server_streaming]


def _repeats(surface: Surface, method: Declared[MethodDescriptorProto]) -> str:
    if surface.option(method, f"{OPTIONS_PACKAGE}.idempotency"):
        return "KEYED"
    level = MethodOptions.IdempotencyLevel.Name(method.proto.options.idempotency_level)
    return "not to be repeated" if level == "IDEMPOTENCY_UNKNOWN" else level
