"""How names of a contract become names in Python."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterable

import betterproto2

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_TAKEN_ATTRIBUTES = frozenset(dir(betterproto2.Message)) | {
    *("EVENT", "decode_json", "encode_json"),
    # What follows in the class body would mean the field instead of the type or module.
    *("betterproto2", "bool", "bytes", "classmethod", "cls", "datetime", "dict", "float", "frozenset", "int"),
    *("list", "msgspec", "object", "oms_fields", "self", "str", "timedelta", "tuple", "wire"),
}
_IMPORTED_TYPES = """
    Access Any Binder Channel ClassVar Client Combine DataMessage EncodeError EnumNames EventType FirstHook
    Given Hook HookCaller HookSet Idempotency Int32 JsonShape Mapping Message Method NoAnswer None OnFailure
    OpenEnum Path Query Route Scope Self Sequence Service StructMessage True TypeAlias UInt32 UNSET
    UnsetType WRITE_ERRORS False ZERO
    betterproto2 bool bool_key bool_text bytes classmethod cls dataclass datetime dict double double_json
    durations fields float float32 float_json int int32 int32_key int32_text int64 int64_text list
    masks moments msgspec nonzero object packing skip_field str structs timedelta times truncated tuple
    uint32 uint32_key uint32_text uint64 uint64_text unwrapped wire wrapped wrappers
"""
_USED_LOCALS = """
    at betterproto2 chunk cls data durations end entry flag item key len map message moments number real
    skip_field start tag text truncated unknown unwrapped value wire wrapped
"""
_TAKEN_TYPES, _TAKEN_LOCALS = frozenset(_IMPORTED_TYPES.split()), frozenset(_USED_LOCALS.split())
_TAKEN_PREFIXES = ("put_", "packed_", "read_")
_TAKEN_MEMBERS = frozenset(dir(betterproto2.Enum)) | {"mro", "name", "value"}


def snake(name: str) -> str:
    """Return ``GetItem`` as ``get_item``."""
    return _BOUNDARY.sub("_", name).lower()


def constant(name: str) -> str:
    """Return ``GetItem`` as ``GET_ITEM``."""
    return snake(name).upper()


def attribute(name: str) -> str:
    """Return the attribute of a field; a name that Python or a message's base needs gets an underscore."""
    # An underscore in front is for the class itself, and two of them Python would mangle.
    bare = name.lstrip("_") or f"field{name}"
    if not bare.isidentifier():
        bare = f"field_{bare}"
    return f"{bare}_" if bare != name or keyword.iskeyword(bare) or bare in _TAKEN_ATTRIBUTES else bare


def attributes(fields: Iterable[str]) -> dict[str, str]:
    """Return the attribute of each field of a message; where two would be alike the later one differs."""
    taken: set[str] = set()
    result: dict[str, str] = {}
    for name in sorted(fields, key=lambda name: (attribute(name) != name, name)):
        chosen = attribute(name)
        while chosen in taken:
            chosen += "_"
        taken.add(chosen)
        result[name] = chosen
    return result


def local(name: str) -> str:
    """Return the name of a variable in generated code that holds a field's value."""
    taken = name in _TAKEN_LOCALS or name.startswith(_TAKEN_PREFIXES) or name.endswith("_")
    return f"{name}_" if taken or not name.islower() else name


def type_name(path: str) -> str:
    """Return the class of a message or enum; ``path`` is its name inside the package, ``Outer.Inner``."""
    name = path.replace(".", "")
    taken = name in _TAKEN_TYPES or name.startswith(_TAKEN_PREFIXES) or keyword.iskeyword(name)
    return f"{name}_" if taken else name


def enum_members(enum: str, values: Iterable[str]) -> list[str]:
    """Return the member of each value; two that would be alike keep the names of the contract."""
    values = list(values)
    short = [enum_member(enum, value) for value in values]
    pairs = zip(short, values, strict=True)
    return [name if short.count(name) == 1 else _safe(value) for name, value in pairs]


def enum_member(enum: str, value: str) -> str:
    """Return ``NOTE_STATE_OPEN`` of ``NoteState`` as ``OPEN``."""
    stripped = value.removeprefix(constant(enum.rpartition(".")[2]) + "_")
    return stripped if stripped.isidentifier() and _safe(stripped) == stripped else _safe(value)


def _safe(member: str) -> str:
    bare = member.strip("_") if member.startswith("_") else member
    if bare != member or keyword.iskeyword(bare) or bare in _TAKEN_MEMBERS:
        return f"{bare}_"
    return bare


def service_stem(service: str) -> str:
    """Return ``NotesService`` as ``Notes``."""
    return service.removesuffix("Service") or service


def quoted(text: str) -> str:
    """Return a text that the contract chose freely as a literal of Python."""
    return json.dumps(text, ensure_ascii=False)


def locator(field: str) -> str:
    """Return the method that finds the node of the resource that ``field`` names."""
    return f"locate_{field.removesuffix('_id')}"
