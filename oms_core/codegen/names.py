"""How names of a contract become names in Python."""

from __future__ import annotations

import keyword
import re

import betterproto2

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_TAKEN_ATTRIBUTES = frozenset(dir(betterproto2.Message)) | {
    *("EVENT", "decode_json", "encode_json"),
    # What follows in the class body would mean the field instead of the type or module.
    *("betterproto2", "bool", "bytes", "classmethod", "cls", "datetime", "frozenset", "int", "list"),
    *("msgspec", "self", "str", "wire"),
}
_IMPORTED_TYPES = """
    Access Any Binder Channel ClassVar Client Combine EnumNames EventType FirstHook Given Hook HookCaller
    HookSet Idempotency Int32 JsonShape Mapping Message Method NoAnswer None OnFailure Path Query Route Scope
    Self Sequence Service True False UInt32
"""
_USED_LOCALS = """
    at betterproto2 chunk cls data end flag len message moments number skip_field start tag text truncated
    unknown wire
"""
_TAKEN_TYPES, _TAKEN_LOCALS = frozenset(_IMPORTED_TYPES.split()), frozenset(_USED_LOCALS.split())


def snake(name: str) -> str:
    """Return ``GetItem`` as ``get_item``."""
    return _BOUNDARY.sub("_", name).lower()


def constant(name: str) -> str:
    """Return ``GetItem`` as ``GET_ITEM``."""
    return snake(name).upper()


def attribute(name: str) -> str:
    """Return the attribute of a field; a name that Python or a message's base needs gets an underscore."""
    return f"{name}_" if keyword.iskeyword(name) or name in _TAKEN_ATTRIBUTES else name


def local(name: str) -> str:
    """Return the name of a variable in generated code that holds a field's value."""
    taken = name in _TAKEN_LOCALS or name.startswith("read_") or not name.islower()
    return f"{name}_" if taken else name


def type_name(path: str) -> str:
    """Return the class of a message or enum; ``path`` is its name inside the package, ``Outer.Inner``."""
    name = path.replace(".", "")
    return f"{name}_" if name in _TAKEN_TYPES else name


def enum_member(enum: str, value: str) -> str:
    """Return ``NOTE_STATE_OPEN`` of ``NoteState`` as ``OPEN``."""
    stripped = value.removeprefix(constant(enum.rpartition(".")[2]) + "_")
    if not stripped.isidentifier() or keyword.iskeyword(stripped) or stripped in {"mro", "name", "value"}:
        return value
    return stripped


def service_stem(service: str) -> str:
    """Return ``NotesService`` as ``Notes``."""
    return service.removesuffix("Service") or service


def locator(field: str) -> str:
    """Return the method that finds the node of the resource that ``field`` names."""
    return f"locate_{field.removesuffix('_id')}"
