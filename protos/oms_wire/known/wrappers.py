"""google.protobuf.StringValue and its kin as messages: in fields they are ``T | None`` already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from oms_wire import json_values, spellings
from oms_wire.known.json import KnownJson


class WrapperJson(KnownJson):
    """A message around one value; its JSON is the value's."""

    __slots__ = ()
    if TYPE_CHECKING:
        value: Any

    def _to_wire(self) -> Any:
        return json_values.write(self._fields()[0].kind, self.value)

    @classmethod
    def _read(cls, value: object, *, ignore_unknown: bool) -> Self:  # noqa: ARG003 - nothing to ignore
        return cls(value=spellings.READERS[cls._fields()[0].kind](value))
