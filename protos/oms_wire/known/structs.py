"""google.protobuf.Struct, Value and ListValue: any JSON at all."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, Self

from oms_wire.errors import EncodeError
from oms_wire.fields import fields_of
from oms_wire.known.json import KnownJson
from oms_wire.spellings import read_string


class StructJson(KnownJson):
    """An object: values by name."""

    __slots__ = ()
    if TYPE_CHECKING:
        fields: dict[str, Any]

    @classmethod
    def of(cls, value: Mapping[str, object]) -> Self:
        """Return the message of a dictionary of JSON values; raises ValueError."""
        return cls._from_wire(value)

    def plain(self) -> dict[str, Any]:
        """Return the dictionary of JSON values; raises EncodeError for a number that JSON has not."""
        return self._to_wire()

    def _to_wire(self) -> dict[str, Any]:
        return {read_string(key): value._to_wire() for key, value in self.fields.items()}

    @classmethod
    def _read(cls, value: object, *, ignore_unknown: bool) -> Self:  # noqa: ARG003 - nothing to ignore
        if not isinstance(value, Mapping):
            raise ValueError("must be an object")
        kind = _class(cls, "fields")
        return cls(fields={read_string(key): kind._from_wire(item) for key, item in value.items()})


class ListJson(KnownJson):
    """An array of values."""

    __slots__ = ()
    if TYPE_CHECKING:
        values: list[Any]

    @classmethod
    def of(cls, value: list[object]) -> Self:
        """Return the message of a list of JSON values; raises ValueError."""
        return cls._from_wire(value)

    def plain(self) -> list[Any]:
        """Return the list of JSON values; raises EncodeError for a number that JSON has not."""
        return self._to_wire()

    def _to_wire(self) -> list[Any]:
        return [value._to_wire() for value in self.values]

    @classmethod
    def _read(cls, value: object, *, ignore_unknown: bool) -> Self:  # noqa: ARG003 - nothing to ignore
        if not isinstance(value, list | tuple):
            raise ValueError("must be an array")
        kind = _class(cls, "values")
        return cls(values=[kind._from_wire(item) for item in value])


class ValueJson(KnownJson):
    """One JSON value of any kind."""

    __slots__ = ()
    if TYPE_CHECKING:
        null_value: Any
        number_value: float | None
        string_value: str | None
        bool_value: bool | None
        struct_value: Any
        list_value: Any

    def _to_wire(self) -> Any:
        given = [
            value for value in (self.number_value, self.string_value, self.bool_value) if value is not None
        ] + [value._to_wire() for value in (self.struct_value, self.list_value) if value is not None]
        if len(given) + (self.null_value is not None) != 1:
            raise EncodeError("a google.protobuf.Value holds exactly one of its members")
        if given and isinstance(given[0], float) and not isfinite(given[0]):
            raise EncodeError(f"JSON has no number {given[0]}")
        return given[0] if given else None

    @classmethod
    def _read(cls, value: object, *, ignore_unknown: bool) -> Self:
        match value:
            case None:
                return cls(null_value=_class(cls, "null_value")(0))
            case bool():
                return cls(bool_value=value)
            case int() | float():
                return cls(number_value=float(value))
            case str():
                return cls(string_value=read_string(value))
            case Mapping():
                kind = _class(cls, "struct_value")
                return cls(struct_value=kind._read(value, ignore_unknown=ignore_unknown))
            case _:
                kind = _class(cls, "list_value")
                return cls(list_value=kind._read(value, ignore_unknown=ignore_unknown))


def _class(kind: Any, field: str) -> Any:
    return next(entry.of for entry in fields_of(kind) if entry.name == field)
