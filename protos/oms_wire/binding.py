"""How the path and the query of an HTTP request become fields; bad ones are named as the caller wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any, TypeVar

from oms_wire import spellings
from oms_wire.errors import FieldViolation, InvalidArgument
from oms_wire.fields import fields_of
from oms_wire.known.json import KnownJson

E = TypeVar("E", bound=IntEnum)
T = TypeVar("T")
W = TypeVar("W", bound=KnownJson)

_ENUM_NUMBER = re.compile(r"-?\d{1,20}", re.ASCII)
_TRUE, _FALSE = {"true", "1", "t"}, {"false", "0", "f"}


def invalid_field(name: str, problem: str) -> InvalidArgument:
    """Return the error for one path or query parameter."""
    return InvalidArgument("INVALID_FIELD", f"{name}: {problem}.", violations=[FieldViolation(name, problem)])


def unknown_parameter(name: str) -> InvalidArgument:
    """Return the error for a query parameter that the route does not have."""
    problem = "is not a query parameter of this route"
    return InvalidArgument("UNKNOWN_FIELD", f"{name}: {problem}.", violations=[FieldViolation(name, problem)])


def refuse_query(query: Sequence[tuple[str, str]]) -> None:
    """Raise InvalidArgument when there is any query parameter."""
    if query:
        raise unknown_parameter(query[0][0])


def refuse_body(body: bytes) -> None:
    """Raise InvalidArgument when there is a body."""
    if body:
        raise InvalidArgument("UNEXPECTED_BODY", "This route takes no body.")


def as_string(name: str, text: str) -> str:
    """Return ``text``: a string field takes any."""
    return _read(spellings.read_string, name, text)


def as_bool(name: str, text: str) -> bool:
    """Read true or false, in any case; 1, 0, t and f mean the same."""
    lowered = text.lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise invalid_field(name, f"must be true or false, not {text!r}")


def as_int32(name: str, text: str) -> int:
    """Read a signed number of 32 bits."""
    return _read(spellings.read_int32, name, text)


def as_uint32(name: str, text: str) -> int:
    """Read an unsigned number of 32 bits."""
    return _read(spellings.read_uint32, name, text)


def as_int64(name: str, text: str) -> int:
    """Read a signed number of 64 bits."""
    return _read(spellings.read_int64, name, text)


def as_timestamp(name: str, text: str) -> datetime:
    """Read an RFC 3339 time."""
    return _read(spellings.read_timestamp, name, text)


def as_scalar(kind: str, name: str, text: str) -> Any:
    """Read a value of any other kind, as its text in JSON is."""
    return _read(spellings.READERS[kind], name, text)


def as_enum(kind: type[E], name: str, text: str) -> E:
    """Read an enum by its name in the contract, or by number."""
    value: str | int = int(text) if _ENUM_NUMBER.fullmatch(text) else text
    return kind(_read(lambda given: spellings.read_enum(kind, given), name, value))


def as_known(kind: type[W], name: str, text: str) -> W:
    """Read a message whose JSON is text, such as a Timestamp."""
    return _read(kind._from_wire, name, text)


def hidden(read: Callable[[str, str], T]) -> Callable[[str, str], T]:
    """Return a reader for what is sensitive: its errors do not quote the text."""

    def read_hidden(name: str, text: str) -> T:
        try:
            return read(name, text)
        except InvalidArgument:
            raise invalid_field(name, "has a value that is not allowed here") from None

    return read_hidden


def joined(head: str, rest: str | None) -> str:
    """Return what a variable that ends in ``**`` spans: ``rest`` is None where no segment was left."""
    if rest is None:
        return head
    return f"{head}/{rest}" if head else rest


def put(request: Any, path: Sequence[str], value: object) -> None:
    """Set a field that lies inside others, or in a oneof: the path of an HTTP request overrides its body.

    Raises InvalidArgument where the request sets another member of the oneof.
    """
    for position, name in enumerate(path):
        field = next(one for one in fields_of(type(request)) if one.name == name)
        for other in fields_of(type(request)) if field.oneof else ():
            if other.oneof == field.oneof and other is not field and getattr(request, other.name) is not None:
                raise invalid_field(
                    other.proto_name, f"is given beside {field.proto_name}, which the path says"
                )
        if position == len(path) - 1:
            setattr(request, name, value)
            return
        inner = getattr(request, name)
        if inner is None:
            inner = field.of()
            setattr(request, name, inner)
        request = inner


class Query:
    """The query parameters of one request.

    ``names`` maps each spelling (snake_case and camelCase) to the field's name; only fields in
    ``repeated`` may come more than once. Raises InvalidArgument.
    """

    def __init__(
        self,
        pairs: Sequence[tuple[str, str]],
        *,
        names: Mapping[str, str],
        repeated: frozenset[str] = frozenset(),
    ) -> None:
        self._given: dict[str, list[tuple[str, str]]] = {}
        for spelled, text in pairs:
            name = names.get(spelled)
            if name is None:
                raise unknown_parameter(spelled)
            values = self._given.setdefault(name, [])
            if values and name not in repeated:
                raise invalid_field(spelled, "is given more than once")
            values.append((spelled, text))

    def one(self, name: str, read: Callable[[str, str], T], default: T) -> T:
        """Return the value of a parameter, or ``default`` where it was not given."""
        for spelled, text in self._given.get(name, ()):
            return read(spelled, text)
        return default

    def optional(self, name: str, read: Callable[[str, str], T]) -> T | None:
        """Return the value of a parameter, or None where it was not given."""
        for spelled, text in self._given.get(name, ()):
            return read(spelled, text)
        return None

    def all(self, name: str, read: Callable[[str, str], T]) -> list[T]:
        """Return every value of a repeated parameter, in the order given."""
        return [read(spelled, text) for spelled, text in self._given.get(name, ())]


def _read(reader: Callable[[object], T], name: str, text: str | int) -> T:
    try:
        return reader(text)
    except ValueError as error:
        raise invalid_field(name, str(error)) from None
