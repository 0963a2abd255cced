"""Messages and enums: what is written in binary, in JSON and in the sources of those who use them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FieldDescriptorProto

from oms_core.codegen.breaking.finding import Finding
from oms_core.codegen.breaking.gone import gone
from oms_core.codegen.breaking.surface import Declared, Surface

_Field = Declared[FieldDescriptorProto]
_Reserving = Declared[DescriptorProto] | Declared[EnumDescriptorProto]


def changed_types(old: Surface, new: Surface) -> Iterator[Finding]:
    """Give what changed of messages, fields, oneofs and enums."""
    yield from gone("MESSAGE_DELETED", old.messages, old, new, new.messages)
    yield from gone("ENUM_DELETED", old.enums, old, new, new.enums)
    yield from gone("ONEOF_DELETED", old.oneofs, old, new, new.oneofs)
    for key, field in old.fields.items():
        if key[0] in new.messages:
            yield from _field(field, new.fields.get(key), old, new)
    yield from _values(old, new)
    for name, message in old.messages.items():
        if name in new.messages:
            yield from _reserved(message, new.messages[name])
    for name, enum in old.enums.items():
        if name in new.enums:
            yield from _reserved(enum, new.enums[name])


def _field(was: _Field, field: _Field | None, old: Surface, new: Surface) -> Iterator[Finding]:
    number = was.proto.number
    if field is None:
        message = new.messages[was.parent]
        yield Finding(
            message.file,
            message.line,
            "FIELD_DELETED",
            was.name,
            f"the field {was.proto.name} = {number} is gone",
        )
        return
    if was.proto.name != field.proto.name:
        yield field.finding("FIELD_RENAMED", f"the field {number} was called {was.proto.name}")
    elif was.proto.json_name != field.proto.json_name:
        yield field.finding(
            "FIELD_JSON_NAME", f"it was {was.proto.json_name} in JSON, and is {field.proto.json_name}"
        )
    before, after = old.type_of(was.proto), new.type_of(field.proto)
    if before != after:
        yield field.finding("FIELD_TYPE", f"its type was {before}, and is {after}")
    elif (how := _cardinality(was.proto)) != (now := _cardinality(field.proto)):
        yield field.finding("FIELD_CARDINALITY", f"it was {how}, and is {now}")
    if (group := _oneof(was, old)) != (into := _oneof(field, new)):
        yield field.finding("FIELD_ONEOF", f"it was {_inside(group)}, and is {_inside(into)}")


def _cardinality(field: FieldDescriptorProto) -> str:
    if field.label == FieldDescriptorProto.LABEL_REPEATED:
        return "repeated"
    return "optional" if field.proto3_optional else "singular"


def _oneof(field: _Field, surface: Surface) -> str:
    if not field.proto.HasField("oneof_index") or field.proto.proto3_optional:
        return ""
    return surface.messages[field.parent].proto.oneof_decl[field.proto.oneof_index].name


def _inside(oneof: str) -> str:
    return f"in the oneof {oneof}" if oneof else "in no oneof"


def _values(old: Surface, new: Surface) -> Iterator[Finding]:
    for (enum, number), values in old.values.items():
        if enum not in new.enums:
            continue
        names = {value.proto.name for value in new.values.get((enum, number), [])}
        for was in values:
            if not names:
                home = new.enums[enum]
                message = f"the value {was.proto.name} = {number} is gone"
                yield Finding(home.file, home.line, "ENUM_VALUE_DELETED", was.name, message)
            elif was.proto.name not in names:
                message = f"the value {number} was called {was.proto.name}"
                yield new.values[enum, number][0].finding("ENUM_VALUE_RENAMED", message)


def _reserved(was: _Reserving, declared: _Reserving) -> Iterator[Finding]:
    for start, end in _ranges(was):
        if not _covered(start, end, _ranges(declared)):
            numbers = str(start) if start == end else f"{start} to {end}"
            yield declared.finding("RESERVED_DELETED", f"the number {numbers} is no longer reserved")
    for name in sorted(set(was.proto.reserved_name) - set(declared.proto.reserved_name)):
        yield declared.finding("RESERVED_DELETED", f"the name {name} is no longer reserved")


def _ranges(declared: _Reserving) -> list[tuple[int, int]]:
    # An enum's ranges name their last number, a message's the one behind it.
    beyond = 0 if declared.proto.DESCRIPTOR.name == "EnumDescriptorProto" else 1
    return sorted((one.start, one.end - beyond) for one in declared.proto.reserved_range)


def _covered(start: int, end: int, ranges: Iterable[tuple[int, int]]) -> bool:
    for low, high in ranges:
        if low <= start <= high:
            start = high + 1
    return start > end
