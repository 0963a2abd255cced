"""google.protobuf.Any: a message of any type, with the type's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import msgspec

from oms_wire import exact, registry
from oms_wire.errors import EncodeError, InvalidArgument
from oms_wire.known.json import KnownJson, Refused

if TYPE_CHECKING:
    from oms_wire.message import Message

_PREFIX = "type.googleapis.com/"
_TYPE, _VALUE = "@type", "value"


class AnyJson(KnownJson):
    """A message of a type that is known when its generated module has been imported."""

    __slots__ = ()
    if TYPE_CHECKING:
        type_url: str
        value: bytes

    @classmethod
    def pack(cls, message: Message) -> Self:
        """Return ``message`` with the name of its type; raises EncodeError."""
        return cls(type_url=_PREFIX + message._NAME, value=bytes(message))

    def unpack(self) -> Message:
        """Return the message in it; raises InvalidArgument, also for a type that nothing imported knows."""
        kind = _class_of(self.type_url)
        if kind is None:
            raise InvalidArgument("UNKNOWN_TYPE", f"No message of the type {self.type_url!r} is known here.")
        return kind.parse(self.value)

    def _to_wire(self) -> dict[str, Any]:
        if not self.type_url and not self.value:
            return {}
        try:
            message = self.unpack()
        except InvalidArgument as error:
            raise EncodeError(error.message) from None
        plain = message._to_wire()
        if isinstance(message, KnownJson):
            return {_TYPE: self.type_url, _VALUE: plain}
        return {_TYPE: self.type_url, **msgspec.to_builtins(plain, str_keys=True)}

    @classmethod
    def _read(cls, value: object, *, ignore_unknown: bool) -> Self:
        if not isinstance(value, Mapping):
            raise ValueError("must be an object with @type")
        if not value:
            return cls()
        url = value.get(_TYPE)
        kind = _class_of(url) if isinstance(url, str) else None
        if kind is None:
            raise ValueError(f"has the @type {url!r}, which no message known here has")
        content: object = {name: item for name, item in value.items() if name != _TYPE}
        if issubclass(kind, KnownJson):
            if list(value.keys() - {_TYPE}) != [_VALUE]:
                raise ValueError(f"must have the value of its @type {url} under {_VALUE!r}, and nothing else")
            content = value[_VALUE]
        try:
            message = exact.from_value(kind, content, ignore_unknown=ignore_unknown)
        except InvalidArgument as error:
            raise Refused(list(error.violations)) from None
        return cls(type_url=url, value=bytes(message))


def _class_of(url: str) -> type[Message] | None:
    host, slash, name = url.rpartition("/")
    return registry.find(name) if slash and host else None
