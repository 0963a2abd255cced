"""The exact way to read proto3 JSON: every legal spelling, or an error with the path of each bad field.

Generated ``decode_json`` tries msgspec first, which is strict and quick. What msgspec refuses, for
whatever reason, comes here, and only here is it decided: https://protobuf.dev/programming-guides/json/.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from oms_wire.enums import names_of
from oms_wire.errors import FieldViolation, InvalidArgument
from oms_wire.fields import ENUM, MESSAGE, Field, fields_of
from oms_wire.json_values import NULL, takes_null
from oms_wire.known.json import KnownJson, Refused
from oms_wire.spellings import READERS, read_enum, read_key

if TYPE_CHECKING:
    from oms_wire.message import Message

M = TypeVar("M", bound="Message")
_MOST_VIOLATIONS = 50
_LEFT_OUT = object()


def from_bytes(kind: type[M], data: bytes | str, *, ignore_unknown: bool = False) -> M:
    """Read JSON text; raises InvalidArgument: INVALID_JSON, UNKNOWN_FIELD or INVALID_FIELD."""
    try:
        value: object = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InvalidArgument("INVALID_JSON", f"The body is not JSON: {error}.") from None
    try:
        return from_value(kind, value, ignore_unknown=ignore_unknown)
    except RecursionError:
        # The parser goes deeper than we do: a message in a message, hundreds of times.
        raise InvalidArgument("INVALID_JSON", "The body is nested too deeply.") from None


def from_value(kind: type[M], value: object, *, ignore_unknown: bool = False) -> M:
    """Read what a JSON parser returned; raises InvalidArgument: UNKNOWN_FIELD or INVALID_FIELD."""
    reader = _Reader(ignore_unknown=ignore_unknown)
    message = reader.message(kind, value, "")
    if reader.violations:
        raise _refusal(reader)
    return cast("M", message)


def _refusal(reader: _Reader) -> InvalidArgument:
    first = reader.violations[0]
    more = f" (and {len(reader.violations) - 1} more)" if len(reader.violations) > 1 else ""
    where = f"{first.field}: " if first.field else "The body "
    return InvalidArgument(reader.code, f"{where}{first.message}{more}.", violations=reader.violations)


class _Reader:
    """Reads one message and notes everything that is wrong with it."""

    def __init__(self, *, ignore_unknown: bool) -> None:
        self.violations: list[FieldViolation] = []
        self.code = ""
        self._ignore_unknown = ignore_unknown

    def message(self, kind: type[Message], value: object, path: str) -> object:
        """Return the message in a value; an empty one, and a violation noted, when there is none."""
        if issubclass(kind, KnownJson):
            return self._known(kind, value, path)
        if not isinstance(value, Mapping):
            self._note(path, f"is {_name(value)}, and an object is expected")
            return kind()
        known = _by_name(kind)
        given: dict[str, object] = {}
        oneofs: dict[str, str] = {}
        for name, item in value.items():
            field = known.get(name)
            # By the contract's name, however it was spelled: the same path that a service's rules report.
            called = str(name) if field is None else field.proto_name
            where = f"{path}.{called}" if path else called
            if field is None:
                if not self._ignore_unknown:
                    self._note(where, f"is not a field of {kind.__name__}", code="UNKNOWN_FIELD")
            elif field.name in given:
                self._note(where, "is given twice, under both of its names")
            elif item is not None or takes_null(field):
                if field.oneof and oneofs.setdefault(field.oneof, called) != called:
                    self._note(where, f"is given beside {oneofs[field.oneof]}, and only one of them may be")
                read = self._value(field, item, where)
                if read is not _LEFT_OUT:
                    given[field.name] = read
        return cast("Any", kind)(**given)

    def _known(self, kind: type[KnownJson], value: object, path: str) -> object:
        try:
            return kind._read(value, ignore_unknown=self._ignore_unknown)
        except Refused as refused:
            for violation in refused.violations:
                inside = f"{path}.{violation.field}" if path and violation.field else path or violation.field
                self._note(inside, violation.message)
        except ValueError as error:
            self._note(path, str(error))
        return kind()

    def _value(self, field: Field, value: object, path: str) -> object:
        if field.key:
            return self._map(field, value, path)
        if not field.repeated:
            return self._single(field, value, path)
        if not isinstance(value, list | tuple):
            self._note(path, f"is {_name(value)}, and an array is expected")
            return []
        items = [self._single(field, item, f"{path}[{index}]") for index, item in enumerate(value)]
        return [item for item in items if item is not _LEFT_OUT]

    def _map(self, field: Field, value: object, path: str) -> object:
        if not isinstance(value, Mapping):
            self._note(path, f"is {_name(value)}, and an object is expected")
            return {}
        result = {}
        for name, item in value.items():
            try:
                key = read_key(field.key, name)
            except ValueError as error:
                self._note(path, "has a key that is not allowed here" if field.sensitive else str(error))
                continue
            read = self._single(field, item, path if field.sensitive else f'{path}["{name}"]')
            if read is not _LEFT_OUT:
                result[key] = read
        return result

    def _single(self, field: Field, value: object, path: str) -> object:
        if field.kind == MESSAGE:
            return self.message(cast("type[Message]", field.of), value, path)
        try:
            if field.kind == ENUM:
                return self._enum(cast("type[IntEnum]", field.of), value)
            return READERS[field.kind](value)
        except ValueError as error:
            # What was sent may be private: the answer and the logs only say what is wrong with it.
            self._note(path, "has a value that is not allowed here" if field.sensitive else str(error))
            return None

    def _enum(self, kind: type[IntEnum], value: object) -> object:
        numbers = names_of(kind).numbers
        if value is None and NULL in numbers:
            return kind(0)
        if self._ignore_unknown and isinstance(value, str) and value not in numbers:
            # A newer sender may know more names; none of ours would be right.
            return _LEFT_OUT
        return read_enum(kind, value)

    def _note(self, path: str, problem: str, *, code: str = "INVALID_FIELD") -> None:
        self.code = self.code or code
        if len(self.violations) < _MOST_VIOLATIONS:
            self.violations.append(FieldViolation(path, problem))


def _by_name(kind: type[Message]) -> dict[str, Field]:
    return {name: field for field in fields_of(kind) for name in (field.proto_name, field.json_name)}


def _name(value: object) -> str:
    names = {type(None): "null", bool: "a truth value", str: "text", list: "an array", dict: "an object"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else type(value).__name__)
