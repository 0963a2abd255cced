"""Query parameters for any request: nested fields, lists, maps, and well-known types in their JSON text."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from oms_wire import exact
from oms_wire.binding import as_bool, invalid_field, unknown_parameter
from oms_wire.fields import ENUM, MESSAGE, Field, fields_of
from oms_wire.known.json import KnownJson

if TYPE_CHECKING:
    from oms_wire.message import Message

M = TypeVar("M", bound="Message")

_STEP = re.compile(r"([A-Za-z_@][\w@-]*)(?:\[([^\]]*)\])?")
_WHOLE_NUMBER = re.compile(r"-?\d{1,20}", re.ASCII)
_MASK, _VALUE = "google.protobuf.FieldMask", "google.protobuf.Value"
_AS_JSON = {_VALUE, "google.protobuf.Struct", "google.protobuf.ListValue"}
_DEEPEST = 32

Pairs = Sequence[tuple[str, str]]


def read_query(kind: type[M], pairs: Pairs, *, taken: Collection[str] = ()) -> M:
    """Return the request that the parameters spell; raises InvalidArgument.

    ``a.b=v`` is a field of the message ``a``, ``m[k]=v`` an entry of the map ``m``, and a list's parameter
    comes once for each value. ``taken`` are the fields, by the contract's
    names, that the path or the body says.
    """
    tree: dict[str, Any] = {}
    for spelled, text in pairs:
        _put(tree, kind, spelled, text, taken)
    return exact.from_value(kind, tree)


def _put(tree: dict[str, Any], kind: type[Message], spelled: str, text: str, taken: Collection[str]) -> None:
    parts = _steps(spelled)
    path = ""
    for index, (name, key) in enumerate(parts):
        field = _field_of(kind, name)
        last = index == len(parts) - 1
        if field is None or (key is not None) != bool(field.key) or (key is not None and not last):
            raise unknown_parameter(spelled)
        path = f"{path}.{field.proto_name}" if path else field.proto_name
        if path in taken:
            raise unknown_parameter(spelled)
        if last:
            _set(tree, field, key, spelled, text)
        elif field.kind != MESSAGE or field.repeated or _is_known(field):
            raise unknown_parameter(spelled)
        else:
            tree = tree.setdefault(field.proto_name, {})
            kind = cast("type[Message]", field.of)


def _steps(spelled: str) -> list[tuple[str, str | None]]:
    steps: list[tuple[str, str | None]] = []
    at = 0
    while match := _STEP.match(spelled, at):
        steps.append((match[1], match[2]))
        at = match.end()
        if at == len(spelled) and len(steps) <= _DEEPEST:
            return steps
        if spelled[at : at + 1] != ".":
            break
        at += 1
    raise unknown_parameter(spelled)


def _set(tree: dict[str, Any], field: Field, key: str | None, spelled: str, text: str) -> None:
    if field.kind == MESSAGE and not _is_known(field):
        raise invalid_field(spelled, "is a message, and its fields are given one by one, as a.b=value")
    value = _value(field, spelled, text)
    name = field.proto_name
    if key is not None:
        entries = tree.setdefault(name, {})
        if key in entries:
            raise invalid_field(spelled, "is given more than once")
        entries[key] = value
    elif field.repeated:
        tree.setdefault(name, []).append(value)
    elif name in tree:
        raise invalid_field(spelled, "is given more than once")
    else:
        tree[name] = value


def _value(field: Field, spelled: str, text: str) -> object:
    """Return the JSON value that a text stands for."""
    if field.kind == "bool":
        return as_bool(spelled, text)
    if field.kind == ENUM and _WHOLE_NUMBER.fullmatch(text):
        return int(text)
    name = getattr(field.of, "_NAME", "") if field.kind == MESSAGE else ""
    if name == _MASK:
        # By the names of the contract or of JSON, as people write them.
        return ",".join(re.sub(r"_([a-z])", lambda m: m[1].upper(), path) for path in text.split(","))
    return _json(name, spelled, text) if name in _AS_JSON else text


def _json(name: str, spelled: str, text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        if name == _VALUE:
            return text
        raise invalid_field(spelled, "is not JSON") from None


def _is_known(field: Field) -> bool:
    return issubclass(field.of, KnownJson)


def _field_of(kind: type[Message], name: str) -> Field | None:
    return next((field for field in fields_of(kind) if name in {field.proto_name, field.json_name}), None)
