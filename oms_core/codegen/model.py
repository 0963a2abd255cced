"""The contract as the renderers see it: small, typed, and free of descriptors."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from oms_core.codegen.rules_model import Rules
from oms_wire.fields import json_name_of
from oms_wire.template import parse


class Kind(Enum):
    """What one value of a field is."""

    STRING = "string"
    BYTES = "bytes"
    BOOL = "bool"
    INT32 = "int32"
    INT64 = "int64"
    UINT32 = "uint32"
    UINT64 = "uint64"
    SINT32 = "sint32"
    SINT64 = "sint64"
    FIXED32 = "fixed32"
    FIXED64 = "fixed64"
    SFIXED32 = "sfixed32"
    SFIXED64 = "sfixed64"
    FLOAT = "float"
    DOUBLE = "double"
    ENUM = "enum"
    MESSAGE = "message"
    TIMESTAMP = "timestamp"
    DURATION = "duration"


MESSAGES = frozenset({Kind.MESSAGE, Kind.TIMESTAMP, Kind.DURATION})
"""The kinds that are messages on the wire, whatever they are in Python."""

_UNPACKABLE = MESSAGES | {Kind.STRING, Kind.BYTES}


@dataclass(frozen=True, slots=True)
class TypeName:
    """A message or enum: its full proto name, and the Python name in the module that defines it."""

    full_name: str
    module: str
    python_name: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a caller needs who sets a field: a permission, and the roles that hold it by default."""

    permission: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message. ``optional`` is proto3's word; messages have presence by nature.

    A map is ``repeated`` and has the kind of its keys in ``key``; the other attributes speak of its
    values. ``wrapped`` is a scalar that comes as google.protobuf.StringValue and its kin. ``loose`` is
    a list of numbers that the contract wants unpacked.
    """

    name: str
    python_name: str
    json_name: str
    number: int
    kind: Kind
    type_name: TypeName | None
    repeated: bool
    optional: bool
    sensitive: bool
    comment: str
    requires: Requirement | None = None
    key: Kind | None = None
    oneof: str = ""
    wrapped: bool = False
    loose: bool = False
    deprecated: bool = False

    @property
    def has_own_json_name(self) -> bool:
        """Whether the contract gives the field another JSON name than protoc would."""
        return self.json_name != json_name_of(self.name)

    @property
    def has_class(self) -> bool:
        """Whether the values are messages in Python as well, and not a type of its own."""
        return self.kind in MESSAGES and self.type_name is not None

    @property
    def packable(self) -> bool:
        """Whether the values come one behind the other in a single field, or may."""
        return self.repeated and not self.key and not self.wrapped and self.kind not in _UNPACKABLE

    @property
    def presence(self) -> bool:
        """Whether an absent value differs from the type's default."""
        by_nature = self.optional or self.wrapped or bool(self.oneof) or self.kind in MESSAGES
        return not self.repeated and by_nature


@dataclass(frozen=True, slots=True)
class Event:
    """The event option: published under a name and version; ``key`` is a field's Python name."""

    name: str
    version: int
    key: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message."""

    type_name: TypeName
    fields: tuple[Field, ...]
    comment: str
    event: Event | None = None
    deprecated: bool = False

    @property
    def oneofs(self) -> tuple[tuple[str, tuple[Field, ...]], ...]:
        """The members of each oneof that has several, by its name."""
        groups: dict[str, list[Field]] = {}
        for member in self.fields:
            if member.oneof:
                groups.setdefault(member.oneof, []).append(member)
        return tuple((name, tuple(members)) for name, members in groups.items() if len(members) > 1)


@dataclass(frozen=True, slots=True)
class EnumValue:
    """One value of an enum; ``python_name`` lacks the prefix that repeats the enum's name."""

    name: str
    python_name: str
    number: int
    comment: str
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class EnumType:
    """One enum."""

    type_name: TypeName
    values: tuple[EnumValue, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class FieldAccess:
    """Who may set a field; the fields are those of ``oms_wire.method.FieldAccess``."""

    field: str
    permission: str
    roles: tuple[str, ...]
    presence: bool


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a method; the fields are those of ``oms_wire.method.Access``."""

    permission: str
    scope: str
    field: str = ""
    locator: str = ""
    roles: tuple[str, ...] = ()
    fields: tuple[FieldAccess, ...] = ()


@dataclass(frozen=True, slots=True)
class Capture:
    """A variable of a path template: the fields on the way to the one it sets, and what it spans.

    ``segments`` are literals and wildcards, ``parameters`` the names of the path parameters in their places.
    """

    fields: tuple[Field, ...]
    segments: tuple[str, ...]
    parameters: tuple[str, ...]

    @property
    def field(self) -> Field:
        """The field that is set."""
        return self.fields[-1]

    @property
    def path(self) -> str:
        """The field's path by the contract's names."""
        return ".".join(field.name for field in self.fields)

    @property
    def is_plain(self) -> bool:
        """Whether it is one whole segment, of a field of the request itself that is in no oneof."""
        return len(self.fields) == 1 and self.segments == ("*",) and not self.field.oneof


@dataclass(frozen=True, slots=True)
class HttpBinding:
    """One google.api.http binding.

    ``query`` are the request's fields that neither the path nor the body says as a whole. ``body`` is the
    field that the body is, and None as well when ``has_body`` says that it is the whole request. ``raw``
    says that the body is a google.api.HttpBody. ``mask`` is the field mask that the body fills in.
    ``answer`` is the field of the response that is answered with, and ``raw_answer`` says that what is
    answered with is a google.api.HttpBody.
    """

    http_method: str
    path: str
    verb: str
    captures: tuple[Capture, ...]
    query: tuple[Field, ...]
    has_body: bool
    shape: str
    body: Field | None = None
    raw: bool = False
    mask: Field | None = None
    answer: Field | None = None
    raw_answer: bool = False

    @property
    def template(self) -> str:
        """The path as the contract spells it."""
        return f"{self.path}:{self.verb}" if self.verb else self.path

    @property
    def openapi_path(self) -> str:
        """The path as OpenAPI spells it, where a parameter is one segment."""
        template = parse(self.template)
        parts = [
            f"{{{template.parameters[at]}}}" if at in template.parameters else segment
            for at, segment in enumerate(template.segments)
        ]
        return "/" + "/".join(parts) + (f":{self.verb}" if self.verb else "")

    @property
    def variables(self) -> tuple[Field, ...]:
        """The request's own fields that the path sets."""
        return tuple(capture.field for capture in self.captures if len(capture.fields) == 1)

    @property
    def is_plain(self) -> bool:
        """Whether every variable is one segment, and the body everything or nothing."""
        whole = self.body is None and self.answer is None and not self.raw and not self.raw_answer
        return whole and all(capture.is_plain for capture in self.captures)


@dataclass(frozen=True, slots=True)
class Deprecation:
    """A method that is deprecated; the fields are those of ``oms_wire.method.Deprecation``."""

    since: str
    sunset: str

    def __str__(self) -> str:
        since = f"since {self.since}" if self.since else ""
        return "; ".join(
            filter(None, [f"deprecated {since}".strip(), self.sunset and f"gone on {self.sunset}"])
        )


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a stream can be taken up again; the fields are those of ``oms_wire.streaming.Cursor``."""

    request: str
    response: str


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC.

    ``idempotency`` is a member name of ``oms_wire.method.Idempotency``, ``streaming`` of
    ``oms_wire.streaming.Streaming``.
    """

    name: str
    python_name: str
    constant: str
    request: TypeName
    response: TypeName
    access: Access
    idempotency: str
    bindings: tuple[HttpBinding, ...]
    comment: str
    deprecation: Deprecation | None = None
    streaming: str = "NONE"
    cursor: Cursor | None = None

    @property
    def streams_requests(self) -> bool:
        """Whether the caller sends a stream."""
        return self.streaming in {"CLIENT", "BOTH"}

    @property
    def streams_answers(self) -> bool:
        """Whether the service answers with a stream."""
        return self.streaming in {"SERVER", "BOTH"}


@dataclass(frozen=True, slots=True)
class Service:
    """One service, with the names of the classes that are made of it."""

    full_name: str
    name: str
    base: str
    client: str
    methods: tuple[Method, ...]
    comment: str
    file: str = ""

    @property
    def locators(self) -> tuple[tuple[str, str], ...]:
        """Each locator method with the field that it takes, once, in the order of the contract."""
        return tuple({m.access.locator: m.access.field for m in self.methods if m.access.locator}.items())


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook; ``combine`` and ``on_failure`` are member names of the enums in ``oms_wire.hook``."""

    full_name: str
    name: str
    python_name: str
    request: TypeName
    response: TypeName
    combine: str
    deadline_ms: int
    on_failure: str
    comment: str


@dataclass(frozen=True, slots=True)
class HookService:
    """One service whose methods are hooks, with the names of the classes that are made of it."""

    full_name: str
    name: str
    spec: str
    caller: str
    hooks: tuple[Hook, ...]
    comment: str

    @property
    def proxy(self) -> str:
        """The class of answers from elsewhere."""
        return f"{self.name}Proxy"


@dataclass(frozen=True, slots=True)
class Package:
    """All that becomes one Python package."""

    name: str
    module: str
    files: tuple[str, ...]
    messages: tuple[Message, ...]
    enums: tuple[EnumType, ...]
    services: tuple[Service, ...]
    hook_services: tuple[HookService, ...] = ()
    rules: Rules = field(default_factory=Rules)

    @property
    def methods(self) -> tuple[Method, ...]:
        """The methods of every service."""
        return tuple(method for service in self.services for method in service.methods)


@dataclass(frozen=True, slots=True)
class Contract:
    """The packages to generate, and every message and enum in reach by its full name."""

    packages: tuple[Package, ...]
    messages: dict[str, Message] = field(default_factory=dict)
    enums: dict[str, EnumType] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
