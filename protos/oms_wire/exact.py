"""The exact way to read proto3 JSON: every legal spelling, or an error with the path of each bad field.

Generated ``decode_json`` tries msgspec first, which is strict and quick. What msgspec refuses, for
whatever reason, comes here, and only here is it decided: https://protobuf.dev/programming-guides/json/.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

import betterproto2
import msgspec

from oms_wire.errors import FieldViolation, InvalidArgument
from oms_wire.fields import Field, fields_of
from oms_wire.spellings import READERS, read_enum

M = TypeVar("M", bound=betterproto2.Message)
_MOST_VIOLATIONS = 50


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

    def message(self, kind: type[betterproto2.Message], value: object, path: str) -> betterproto2.Message:
        """Return the message in an object; an empty one, and a violation noted, when it is no object."""
        if not isinstance(value, Mapping):
            self._note(path, f"is {_name(value)}, and an object is expected")
            return kind()
        known = _by_name(kind)
        given: dict[str, object] = {}
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
            elif item is not None:
                given[field.name] = self._value(field, item, where)
        return kind(**given)

    def _value(self, field: Field, value: object, path: str) -> object:
        if not field.repeated:
            return self._single(field, value, path)
        if not isinstance(value, list | tuple):
            self._note(path, f"is {_name(value)}, and an array is expected")
            return []
        return [self._single(field, item, f"{path}[{index}]") for index, item in enumerate(value)]

    def _single(self, field: Field, value: object, path: str) -> object:
        if field.kind == betterproto2.TYPE_MESSAGE:
            return self.message(cast("type[betterproto2.Message]", field.of), value, path)
        try:
            if field.kind == betterproto2.TYPE_ENUM:
                return self._enum(cast("type[betterproto2.Enum]", field.of), value)
            return READERS[field.kind](value)
        except ValueError as error:
            # What was sent may be private: the answer and the logs only say what is wrong with it.
            self._note(path, "has a value that is not allowed here" if field.sensitive else str(error))
            return None

    def _enum(self, kind: type[betterproto2.Enum], value: object) -> betterproto2.Enum:
        if self._ignore_unknown and isinstance(value, str):
            # A newer sender may know more names; none of ours would be right.
            return kind(kind.betterproto_renamed_proto_names_to_value().get(value, 0))
        return read_enum(kind, value)

    def _note(self, path: str, problem: str, *, code: str = "INVALID_FIELD") -> None:
        self.code = self.code or code
        if len(self.violations) < _MOST_VIOLATIONS:
            self.violations.append(FieldViolation(path, problem))


def _by_name(kind: type[betterproto2.Message]) -> dict[str, Field]:
    return {name: field for field in fields_of(kind) for name in (field.proto_name, field.json_name)}


def _name(value: object) -> str:
    names = {type(None): "null", bool: "a truth value", str: "text", list: "an array", dict: "an object"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else type(value).__name__)
