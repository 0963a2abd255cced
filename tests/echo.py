"""A small contract and its service, made by hand: what the core's own tests serve.

Three notes lie in a tree of two tenants: chain ``chn_a`` with ``loc_a1`` and ``loc_a2``, and ``chn_b``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import msgspec
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    ServiceDescriptorProto,
)

from oms_core.auth import Authoriser
from oms_core.calls import Endpoints
from oms_core.context import Context, current
from oms_wire.errors import FailedPrecondition, FieldViolation, InvalidArgument, NotFound
from oms_wire.method import A, Access, FieldAccess, Idempotency, Method, Q, Scope
from oms_wire.route import Route
from oms_wire.rules import Violation
from oms_wire.service import Client, Service


class _Wire(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: str = ""
    text: str = ""
    location_id: str = ""
    number: int = 0


_decoder = msgspec.json.Decoder(_Wire)


@dataclass
class Note:
    """A message; on gRPC its bytes are its JSON, which is all that these tests need of them."""

    id: str = ""
    text: str = ""
    location_id: str = ""
    number: int = 0

    def __bytes__(self) -> bytes:
        return self.encode_json()

    def encode_json(self) -> bytes:
        return msgspec.json.encode(_Wire(self.id, self.text, self.location_id, self.number))

    @classmethod
    def decode_json(cls, data: bytes) -> Self:
        try:
            wire = _decoder.decode(data or b"{}")
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            path = str(error).partition(" - at `$.")[2].rstrip("`")
            raise InvalidArgument(
                "INVALID_MESSAGE", str(error), violations=[FieldViolation(path, str(error))]
            ) from None
        return cls(wire.id, wire.text, wire.location_id, wire.number)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls.decode_json(data)


def bind(path: Mapping[str, str], query: Sequence[tuple[str, str]], body: bytes) -> Note:
    note = Note.decode_json(body)
    for name, value in [*query, *path.items()]:
        if name not in {"id", "text", "location_id"}:
            raise InvalidArgument("UNKNOWN_FIELD", name, violations=[FieldViolation(name, "is unknown")])
        setattr(note, name, value)
    return note


SERVICE = "test.echo.v1.EchoService"


def check_note(note: Note) -> list[Violation]:
    """Return the rules that a note breaks, as generated code would: its number has three digits at most."""
    if note.number <= 999:
        return []
    return [Violation("number", "int32.lte", "must be less than or equal to 999")]


def method(
    name: str, access: Access, idempotency: Idempotency = Idempotency.NO_SIDE_EFFECTS
) -> Method[Note, Note]:
    camel = "".join(part.capitalize() for part in name.split("_"))
    return Method(f"{SERVICE}/{camel}", name, Note, Note, access, idempotency, check=check_note)


ECHO = method("echo", Access("", Scope.PUBLIC))
LIST = method("list_notes", Access("echo.notes.list", Scope.TENANT, roles=("owner",)))
WRITE = method(
    "write_note",
    Access(
        "echo.notes.write",
        Scope.NODE,
        field="location_id",
        roles=("owner", "cashier"),
        fields=(FieldAccess("number", "echo.notes.number", roles=("owner",)),),
    ),
    Idempotency.KEYED,
)
GET = method("get_note", Access("echo.notes.read", Scope.RESOURCE, "id", "locate_id", ("owner", "cashier")))
CLOSE = method("close_note", Access("echo.notes.close", Scope.RESOURCE, "id", "locate_id", ("owner",)))
OPEN_CHAIN = method("open_chain", Access("echo.chains.open", Scope.PLATFORM, roles=("operator",)))
METHODS = (ECHO, LIST, WRITE, GET, CLOSE, OPEN_CHAIN)

ROUTES = (
    Route(ECHO, "POST", "/v1/echo", "", bind, has_body=True),
    Route(LIST, "GET", "/v1/notes", "", bind, has_body=False),
    Route(WRITE, "POST", "/v1/notes", "", bind, has_body=True),
    Route(GET, "GET", "/v1/notes/{id}", "", bind, has_body=False),
    Route(GET, "DELETE", "/v1/notes/{id}", "", bind, has_body=False),
    Route(CLOSE, "POST", "/v1/notes/{id}", "close", bind, has_body=True),
    Route(ECHO, "POST", "/v1/notes", "echo", bind, has_body=True),
    Route(OPEN_CHAIN, "POST", "/v1/chains", "", bind, has_body=True),
)


class EchoClient(Client):
    SERVICE = SERVICE

    async def echo(self, request: Note, /, *, timeout: float | None = None) -> Note:
        return await self._channel.unary(ECHO, request, timeout=timeout)

    async def close_note(self, request: Note, /) -> Note:
        return await self._channel.unary(CLOSE, request)


@dataclass
class EchoService(Service):
    """Answers with what it was asked, and counts what it did."""

    SERVICE = SERVICE
    METHODS = METHODS

    notes: dict[str, str] = field(
        default_factory=lambda: {"note_1": "loc_a1", "note_2": "loc_a2", "note_3": "chn_b"}
    )
    contexts: list[Context] = field(default_factory=list)
    located: int = 0
    on_echo: Callable[[Note], Awaitable[Note]] | None = None

    async def echo(self, request: Note, /) -> Note:
        self.contexts.append(current())
        if self.on_echo is not None:
            return await self.on_echo(request)
        return request

    async def list_notes(self, request: Note, /) -> Note:
        return Note(text=current().tenant)

    async def write_note(self, request: Note, /) -> Note:
        self.contexts.append(current())
        return request

    async def get_note(self, request: Note, /) -> Note:
        return Note(id=request.id, location_id=self.notes[request.id])

    async def close_note(self, request: Note, /) -> Note:
        raise FailedPrecondition(
            "NOTE_CLOSED", "it is closed already", details={"note": request.id}, retry_after=1.5
        )

    async def open_chain(self, request: Note, /) -> Note:
        return request

    async def locate_id(self, id: str, /) -> str:  # noqa: A002
        self.located += 1
        if id not in self.notes:
            raise NotFound("NOTE_NOT_FOUND", f"there is no note {id!r}")
        return self.notes[id]


class Tree:
    """A directory of two chains; ``chn_a`` made itself a role."""

    paths: Mapping[str, Mapping[str, tuple[str, ...]]] = {
        "chn_a": {"chn_a": ("chn_a",), "loc_a1": ("loc_a1", "chn_a"), "loc_a2": ("loc_a2", "chn_a")},
        "chn_b": {"chn_b": ("chn_b",)},
    }

    async def path(self, tenant: str, node: str) -> tuple[str, ...] | None:
        return self.paths.get(tenant, {}).get(node)

    async def permissions(self, tenant: str, role: str) -> frozenset[str]:
        made = {
            ("chn_a", "auditor"): frozenset({"echo.notes.read"}),
            ("chn_a", "counter"): frozenset({"echo.notes.number"}),
        }
        return made.get((tenant, role), frozenset())


class Forgetful:
    """Claims that remember nothing: what keys do is tested where they are kept."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def once(
        self,
        method: Method[Q, A],
        request: Q,
        handle: Callable[[Q], Awaitable[A]],
        /,
        *,
        plugin: str,
        key: str,
        context: Context,
    ) -> A:
        self.keys.append(key)
        return await handle(request)


def endpoints_of(service: EchoService, *, plugin: str = "echo", claims: Forgetful | None = None) -> Endpoints:
    endpoints = Endpoints(Authoriser(Tree()), claims=claims or Forgetful())
    endpoints.add(service, plugin=plugin)
    return endpoints


async def stuck(_: Any) -> Note:
    """Never answer."""
    await asyncio.Event().wait()
    raise AssertionError


def descriptor() -> bytes:
    """Return the service's FileDescriptorSet, as a compiler would leave it."""
    note = DescriptorProto(name="Note")
    for number, name in enumerate(("id", "text", "location_id"), 1):
        note.field.add(name=name, number=number, type=FieldDescriptorProto.TYPE_STRING)
    service = ServiceDescriptorProto(name="EchoService")
    for each in METHODS:
        name = each.full_name.rpartition("/")[2]
        service.method.add(name=name, input_type=".test.echo.v1.Note", output_type=".test.echo.v1.Note")
    file = FileDescriptorProto(
        name="test/echo/v1/echo.proto",
        package="test.echo.v1",
        syntax="proto3",
        dependency=["test/echo/v1/empty.proto"],
        message_type=[note],
        service=[service],
    )
    empty = FileDescriptorProto(name="test/echo/v1/empty.proto", package="test.echo.v1", syntax="proto3")
    return FileDescriptorSet(file=[empty, file]).SerializeToString()
