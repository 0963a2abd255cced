"""Bodies that are one field of the request, and the field mask that a PATCH says by what it sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from oms_wire import exact
from oms_wire.errors import FieldViolation, InvalidArgument
from oms_wire.fields import MESSAGE, Field, fields_of
from oms_wire.known.json import KnownJson
from oms_wire.route import RawBody

if TYPE_CHECKING:
    from oms_wire.message import Message

M = TypeVar("M", bound="Message")


def read_message(kind: type[M], name: str, body: bytes) -> M | None:
    """Read the body as the message in the field ``name``; None without one; raises InvalidArgument."""
    if not body:
        return None
    try:
        return kind.decode_json(body)
    except InvalidArgument as error:
        if error.code == "INVALID_JSON":
            raise
        violations = [FieldViolation(_inside(name, v.field), v.message) for v in error.violations]
        first = violations[0]
        raise InvalidArgument(error.code, f"{first.field}: {first.message}.", violations=violations) from None


def read_field(kind: type[M], name: str, body: bytes) -> Any:
    """Read the body as the value of a field of ``kind`` that holds no single message."""
    field = next(one for one in fields_of(kind) if one.proto_name == name)
    given: dict[str, object] = {}
    if body:
        try:
            given[name] = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise InvalidArgument("INVALID_JSON", f"The body is not JSON: {error}.") from None
    return getattr(exact.from_value(kind, given), field.name)


def read_raw(kind: type[M], body: bytes) -> M:
    """Return the google.api.HttpBody that the whole body is."""
    media_type = body.media_type if isinstance(body, RawBody) else ""
    return cast("M", cast("Any", kind)(content_type=media_type, data=bytes(body)))


def mask_of(kind: type[Message], body: bytes) -> list[str]:
    """Return the paths of the fields that a JSON body of ``kind`` sets, as a field mask has them.

    What is no message of its own, such as a list, a map or a null, is named as a whole.
    """
    given = msgspec.json.decode(body) if body else {}
    return list(_paths(kind, given, "")) if isinstance(given, Mapping) else []


def _paths(kind: type[Message], given: Mapping[str, object], before: str) -> Iterator[str]:
    known = {name: field for field in fields_of(kind) for name in (field.proto_name, field.json_name)}
    for name, value in given.items():
        field = known[name]  # the body has been read, and a name that is no field refused
        path = f"{before}{field.proto_name}"
        if isinstance(value, Mapping) and value and _has_fields(field):
            yield from _paths(cast("type[Message]", field.of), value, f"{path}.")
        else:
            yield path


def _has_fields(field: Field) -> bool:
    return field.kind == MESSAGE and not field.repeated and not issubclass(field.of, KnownJson)


def _inside(name: str, path: str) -> str:
    return f"{name}.{path}" if path else name
