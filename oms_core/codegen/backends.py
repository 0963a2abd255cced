"""How the classes of messages and enums come about: betterproto2's dataclasses, or msgspec's structs.

Codecs do not care: they call constructors by keyword and read attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from oms_core.codegen.expressions import Expressions
from oms_core.codegen.known import KNOWN
from oms_core.codegen.model import Field, Kind, Message

_OPTIONAL = {Kind.TIMESTAMP: Kind.MESSAGE, Kind.DURATION: Kind.MESSAGE}


class Backend(Protocol):
    """What differs between one kind of class and another."""

    exact_times: bool
    """Whether moments and spans are messages, and not Python's own types, which hold microseconds."""

    enum_base: str

    def header(self, message: Message) -> str:
        """Return the decorator and the first line of a message's class."""

    def declaration(self, field: Field, x: Expressions) -> str:
        """Return what stands behind the annotation of a field."""


class DataclassBackend:
    """betterproto2's dataclasses."""

    exact_times = False
    enum_base = "betterproto2.Enum"

    def header(self, message: Message) -> str:
        """Return the decorator and the first line of a message's class."""
        bases = _bases(message, "DataMessage")
        return f"@dataclass(eq=False, repr=False)\nclass {message.type_name.python_name}({bases}):"

    def declaration(self, field: Field, x: Expressions) -> str:
        """Return betterproto2's declaration of the field."""
        kind = _betterproto_type(field.kind, wrapped=field.wrapped)
        extra = ""
        if field.key:
            kinds = f"{_betterproto_type(field.key)}, {kind}"
            kind, extra = "betterproto2.TYPE_MAP", f", map_meta=betterproto2.map_meta({kinds})"
        elif field.repeated:
            extra = ", repeated=True"
        elif field.oneof:
            extra = f', optional=True, group="{field.oneof}"'
        elif field.presence:
            extra = ", optional=True"
        elif field.kind is Kind.ENUM:
            extra = f", default_factory=lambda: {x.type_of(field)}(0)"
        return f"betterproto2.field({field.number}, {kind}{extra})"


class StructBackend:
    """msgspec's structs."""

    exact_times = True
    enum_base = "OpenEnum"

    def header(self, message: Message) -> str:
        """Return the first line of a message's class."""
        return f"class {message.type_name.python_name}({_bases(message, 'StructMessage')}):"

    def declaration(self, field: Field, x: Expressions) -> str:
        """Return the default."""
        return x.default(field)


BACKENDS: Mapping[str, Backend] = {"betterproto2": DataclassBackend(), "struct": StructBackend()}
"""Every back end by the name that ``messages`` under [tool.oms.generate] gives it."""


def _bases(message: Message, base: str) -> str:
    known = KNOWN.get(message.type_name.full_name)
    return f"{known.module}.{known.mixin}, {base}" if known else base


def _betterproto_type(kind: Kind, *, wrapped: bool = False) -> str:
    return f"betterproto2.TYPE_{'MESSAGE' if wrapped else _OPTIONAL.get(kind, kind).name}"
