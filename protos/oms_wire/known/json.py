"""What the mixins have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from oms_wire.errors import FieldViolation
from oms_wire.fields import Field


class Refused(ValueError):
    """Raised where something inside a value is wrong; ``violations`` have paths that begin at the value."""

    def __init__(self, violations: list[FieldViolation]) -> None:
        super().__init__(violations[0].message)
        self.violations = violations


class KnownJson:
    """A message whose JSON is read and written by hand; its JSON shape is what a JSON parser returns."""

    __slots__ = ()
    if TYPE_CHECKING:

        def __init__(self, **fields: Any) -> None: ...

        @classmethod
        def _fields(cls) -> tuple[Field, ...]: ...

    def _to_wire(self) -> Any:
        """Return JSON values; raises EncodeError."""
        raise NotImplementedError(type(self))

    @classmethod
    def _from_wire(cls, w: Any) -> Self:
        return cls._read(w, ignore_unknown=False)

    @classmethod
    def _read(cls, value: object, *, ignore_unknown: bool) -> Self:
        """Read JSON values; raises ValueError that says what is wrong."""
        raise NotImplementedError(cls)
