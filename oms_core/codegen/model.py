"""The contract as the renderers see it: small, typed, and free of descriptors."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from oms_wire.fields import json_name_of


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
class HttpBinding:
    """One google.api.http binding; ``variables`` are the request fields in its path."""

    http_method: str
    path: str
    verb: str
    variables: tuple[Field, ...]
    query: tuple[Field, ...]
    has_body: bool

    @property
    def template(self) -> str:
        """The path as the contract spells it."""
        return f"{self.path}:{self.verb}" if self.verb else self.path


@dataclass(frozen=True, slots=True)
class Method:
    """One unary RPC; ``idempotency`` is a member name of ``oms_wire.method.Idempotency``."""

    name: str
    python_name: str
    constant: str
    request: TypeName
    response: TypeName
    access: Access
    idempotency: str
    bindings: tuple[HttpBinding, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class Service:
    """One service, with the names of the classes that are made of it."""

    full_name: str
    name: str
    base: str
    client: str
    methods: tuple[Method, ...]
    comment: str

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
