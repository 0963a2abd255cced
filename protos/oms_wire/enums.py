"""Open enums: IntEnum members for the numbers that the contract knows, and room for those it does not."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Generic, Self, TypeVar, cast

import betterproto2

from oms_wire.reading import read_int32

E = TypeVar("E", bound=IntEnum)

_NAMES: dict[type[IntEnum], EnumNames[Any]] = {}


class OpenEnum(IntEnum):
    """The base of enums that stand without betterproto2; ``proto_name`` is the name in the contract."""

    @property
    def proto_name(self) -> str | None:
        """The name in the contract, or None for a number that it does not know."""
        return names_of(type(self)).name(self)

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._value_ = value
        member._name_ = ""
        return member


class EnumNames(Generic[E]):
    """Both directions between the members of a generated enum and the names in its contract.

    ``names`` are the numbers by name; of two names for one number the first is written, and both are read.
    """

    def __init__(self, kind: type[E], names: Mapping[str, int] | None = None) -> None:
        if names is None:
            names = cast("type[betterproto2.Enum]", kind).betterproto_renamed_proto_names_to_value()
        self._kind = kind
        self._texts: dict[int, str] = {}
        self._members: dict[int, E] = {}
        self.known: dict[str | int | None, E] = {None: kind(0)}
        """Members by contract name and by number; None is the default."""
        for name, number in names.items():
            self._texts.setdefault(number, name)
            member = self._members.setdefault(number, kind(number))
            self.known[name] = self.known[number] = member
        self.numbers = names
        """Numbers by name."""
        _NAMES[kind] = self

    def name(self, value: int) -> str | None:
        """Return the name in the contract, or None for a number that it does not know."""
        return self._texts.get(value)

    def text(self, value: int) -> str | int:
        """Return the name in the contract, or the bare number of a member that it does not know."""
        return self._texts.get(value) or int(value)

    def member(self, number: int) -> E:
        """Return the member with a number, known or not."""
        return self._members.get(number) or self._kind(number)

    def read(self, data: bytes, at: int) -> tuple[E, int]:
        """Read a member in binary, as the functions of ``oms_wire.reading`` do."""
        number, at = read_int32(data, at)
        return self.member(number), at


def names_of(kind: type[IntEnum]) -> EnumNames[Any]:
    """Return the names of a generated enum."""
    return _NAMES[kind]
