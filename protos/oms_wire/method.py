"""What a contract says about one of its methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, Protocol, Self, TypeVar

from oms_wire.rules import Violation
from oms_wire.streaming import Cursor, Streaming


class WireMessage(Protocol):
    """The codecs that every generated message has in its class body."""

    def __bytes__(self) -> bytes: ...

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read the binary format; raises InvalidArgument."""

    def encode_json(self) -> bytes:
        """Return the message as proto3 JSON, UTF-8."""

    @classmethod
    def decode_json(cls, data: bytes) -> Self:
        """Read proto3 JSON; raises InvalidArgument with the path of the field at fault."""


Q = TypeVar("Q", bound=WireMessage)
A = TypeVar("A", bound=WireMessage)


class Idempotency(Enum):
    """How a repeated call is told from a new one."""

    NONE = "none"
    """Not told at all: never repeated by itself."""
    NO_SIDE_EFFECTS = "no_side_effects"
    IDEMPOTENT = "idempotent"
    KEYED = "keyed"
    """The caller sends a key; one key has one effect and one answer."""


class Scope(Enum):
    """Where a permission has to be held."""

    TENANT = "tenant"
    """At the root of the caller's tenant."""
    NODE = "node"
    """At the node that a request field names."""
    RESOURCE = "resource"
    """At the node of the resource that a request field names."""
    PLATFORM = "platform"
    """Outside every tenant."""
    PUBLIC = "public"
    """Nowhere: no token is needed."""


@dataclass(frozen=True, slots=True)
class FieldAccess:
    """Who may set a field of a request, besides being allowed to call the method.

    ``field`` is its Python name; ``roles`` hold the permission by default. With ``presence`` an absent
    value is None; without, the type's default cannot be told from it and counts as not set.
    """

    field: str
    permission: str
    roles: tuple[str, ...] = ()
    presence: bool = False

    def is_set(self, request: object) -> bool:
        """Say whether ``request`` sets the field."""
        value = getattr(request, self.field)
        return value is not None if self.presence else bool(value)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a method.

    ``field`` is the Python name of the request field for NODE and RESOURCE. ``locator`` is the name of
    the service method that finds a RESOURCE's node. ``roles`` hold the permission by default. ``fields``
    need permissions of their own, held at the same place.
    """

    permission: str
    scope: Scope
    field: str = ""
    locator: str = ""
    roles: tuple[str, ...] = ()
    fields: tuple[FieldAccess, ...] = ()


@dataclass(frozen=True, slots=True)
class Deprecation:
    """What callers should leave: ``since`` when, and the day of its ``sunset``; UTC dates, or empty."""

    since: str = ""
    sunset: str = ""


@dataclass(frozen=True, slots=True)
class Method(Generic[Q, A]):
    """One RPC: its names, types and rules.

    ``name`` is the Python name of the handler on the service base; ``full_name`` is
    ``package.Service/Method``, which with a leading slash is the gRPC path. ``check`` finds the rules that a
    request breaks; None where the contract has none. ``cursor`` is for a stream of answers alone.
    """

    full_name: str
    name: str
    request: type[Q]
    response: type[A]
    access: Access
    idempotency: Idempotency = Idempotency.NONE
    check: Callable[[Q], list[Violation]] | None = None
    deprecation: Deprecation | None = None
    streaming: Streaming = Streaming.NONE
    cursor: Cursor | None = None

    @property
    def service(self) -> str:
        """The service's full proto name."""
        return self.full_name.partition("/")[0]

    @property
    def path(self) -> str:
        """The gRPC path."""
        return "/" + self.full_name
