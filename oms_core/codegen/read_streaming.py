"""What a contract says about the streams of a method."""

from __future__ import annotations

from google.protobuf.descriptor_pb2 import MethodDescriptorProto

from oms_core.codegen.model import Cursor, HttpBinding, Kind, Message
from oms_core.codegen.source import OPTIONS_PACKAGE, Source
from oms_core.errors import GenerateError

OPTION = f"{OPTIONS_PACKAGE}.cursor"
_SHAPES = {(False, False): "NONE", (False, True): "SERVER", (True, False): "CLIENT", (True, True): "BOTH"}
_REQUEST, _RESPONSE = "request", "response"


def streaming(method: MethodDescriptorProto) -> str:
    """Return the member name of ``oms_wire.streaming.Streaming``."""
    return _SHAPES[method.client_streaming, method.server_streaming]


def cursor(
    source: Source, method: MethodDescriptorProto, request: Message, response: Message, where: str
) -> Cursor | None:
    """Return where the stream can be taken up again, or None; raises GenerateError."""
    option = source.option(method.options, OPTION)
    if option is None:
        return None
    if streaming(method) != "SERVER":
        raise _error(
            f"{where}: ({OPTION}) is for one request and a stream of answers",
            "Take the option away, or write: rpc … (Request) returns (stream Response).",
        )
    return Cursor(
        _field(request, option.request, _REQUEST, where), _field(response, option.response, _RESPONSE, where)
    )


def refuse_unservable(
    method: MethodDescriptorProto, idempotency: str, bindings: tuple[HttpBinding, ...], where: str
) -> None:
    """Raise GenerateError for a stream that promises what no stream can keep."""
    shape = streaming(method)
    if shape == "NONE":
        return
    if idempotency == "KEYED":
        raise _error(
            f"{where}: an idempotency key belongs to one request and one answer, and this method streams",
            "Take the option away, and let each message carry an id of its own.",
        )
    for binding in bindings:
        route = f"{binding.http_method} {binding.template}"
        if binding.raw or binding.raw_answer:
            raise _error(
                f"{where}: google.api.HttpBody cannot be streamed over {route}",
                "Stream a message with a field of bytes.",
            )
        if shape in {"CLIENT", "BOTH"} and not binding.has_body:
            raise _error(
                f"{where}: a stream of requests comes in a body, one a line, and {route} has none",
                'Write post: "…" and body: "*".',
            )


def _field(message: Message, name: str, side: str, where: str) -> str:
    plain = [f for f in message.fields if f.kind is Kind.STRING and not (f.repeated or f.presence)]
    for field in plain:
        if field.name == name:
            return field.python_name
    choice = ", ".join(field.name for field in plain)
    raise _error(
        f"{where}: ({OPTION}): {side}: {name!r} is not a plain string field of {message.type_name.full_name}",
        f"Write one that is: {choice}." if plain else f"Give the {side} a string field for it.",
    )


def _error(problem: str, hint: str) -> GenerateError:
    return GenerateError("UNSUPPORTED_CONTRACT", f"{problem}.", hint=hint)
