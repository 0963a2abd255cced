"""Open enums: IntEnum members for the numbers that the contract knows, and room for those it does not."""

from __future__ import annotations

from typing import Generic, TypeVar

import betterproto2

E = TypeVar("E", bound=betterproto2.Enum)


class EnumNames(Generic[E]):
    """Both directions between the members of a generated enum and the names in its contract."""

    def __init__(self, kind: type[E]) -> None:
        names = kind.betterproto_value_to_renamed_proto_names()
        self._kind = kind
        self._texts = dict(names)
        self._members = {number: kind(number) for number in names}
        self.known: dict[str | int | None, E] = {None: kind(0)}
        """Members by contract name and by number; None is the default."""
        for number, name in names.items():
            self.known[name] = self.known[number] = self._members[number]

    def text(self, value: int) -> str | int:
        """Return the name in the contract, or the bare number of a member that it does not know."""
        return self._texts.get(value) or int(value)

    def member(self, number: int) -> E:
        """Return the member with a number, known or not."""
        return self._members.get(number) or self._kind(number)
