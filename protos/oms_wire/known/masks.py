"""google.protobuf.FieldMask: paths in one text, in camelCase."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self

from oms_wire.errors import EncodeError
from oms_wire.known.json import KnownJson

_SNAKE = re.compile(r"(?:[^A-Z_,]|_[a-z])*")
_CAMEL = re.compile(r"[^_,]*")


class MaskJson(KnownJson):
    """The paths of fields, by their names in the contract."""

    __slots__ = ()
    if TYPE_CHECKING:
        paths: list[str]

    def _to_wire(self) -> str:
        for path in self.paths:
            if _SNAKE.fullmatch(path) is None:
                raise EncodeError(f"the path {path!r} of a field mask has no spelling in camelCase")
        return ",".join(re.sub(r"_([a-z])", lambda m: m[1].upper(), path) for path in self.paths)

    @classmethod
    def _read(cls, value: object, *, ignore_unknown: bool) -> Self:  # noqa: ARG003 - nothing to ignore
        if not isinstance(value, str):
            raise ValueError("must be the paths of fields in text")
        paths = value.split(",") if value else []
        for path in paths:
            if _CAMEL.fullmatch(path) is None:
                raise ValueError(f"names the field {path!r}, which is not in camelCase")
        return cls(paths=[re.sub("[A-Z]", lambda m: "_" + m[0].lower(), path) for path in paths])
