"""Descriptors of messages and enums to the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)

from oms_core.codegen import names
from oms_core.codegen.known import FIELD_KINDS, WRAPPED
from oms_core.codegen.model import EnumType, EnumValue, Event, Field, Kind, Message, TypeName
from oms_core.codegen.requirements import requirement
from oms_core.codegen.source import OPTIONS_PACKAGE, Comments, Source
from oms_core.codegen.type_names import TypeNames
from oms_core.errors import GenerateError

_KINDS = {
    number: Kind[name.removeprefix("TYPE_")]
    for name, number in FieldDescriptorProto.Type.items()
    if name != "TYPE_GROUP"
}


class MessageReader:
    """Reads the types of one file."""

    def __init__(
        self, source: Source, file: FileDescriptorProto, types: TypeNames, *, exact_times: bool = False
    ) -> None:
        self._source = source
        self._problems = source.problems
        self._file = file
        self._comments = Comments(file.source_code_info)
        self._types = types
        self._exact_times = exact_times

    def messages(self) -> Iterator[Message]:
        """Give every message, nested ones behind the one that holds them."""
        for index, message in enumerate(self._file.message_type):
            yield from self._message(message, message.name, (4, index))

    def enums(self) -> Iterator[EnumType]:
        """Give every enum, also those declared inside a message."""
        for index, enum in enumerate(self._file.enum_type):
            yield from self._enum(enum, enum.name, (5, index))
        for index, message in enumerate(self._file.message_type):
            yield from self._enums_in(message, message.name, (4, index))

    def _message(self, message: DescriptorProto, path: str, at: tuple[int, ...]) -> Iterator[Message]:
        full_name = f"{self._file.package}.{path}"
        fields = tuple(self._fields(message, full_name, at))
        self._refuse_clashes(full_name, fields)
        with self._problems.at(full_name, option=f"{OPTIONS_PACKAGE}.event"):
            yield Message(
                type_name=self._types(full_name),
                fields=tuple(sorted(fields, key=lambda field: field.number)),
                comment=self._comments.at(*at),
                event=self._event(message, full_name, fields),
                deprecated=message.options.deprecated,
            )
        for index, nested in enumerate(message.nested_type):
            if not nested.options.map_entry:
                yield from self._message(nested, f"{path}.{nested.name}", (*at, 3, index))

    def _fields(self, message: DescriptorProto, full_name: str, at: tuple[int, ...]) -> Iterator[Field]:
        attributes = names.attributes(field.name for field in message.field)
        for index, field in enumerate(message.field):
            with self._problems.at(f"{full_name}.{field.name}"):
                comment = self._comments.at(*at, 2, index)
                yield self._field(message, full_name, field, attributes[field.name], comment)

    def _field(
        self,
        parent: DescriptorProto,
        message: str,
        field: FieldDescriptorProto,
        python_name: str,
        comment: str,
    ) -> Field:
        if field.type == FieldDescriptorProto.TYPE_GROUP:
            raise _error(f"{message}.{field.name}: a group is not supported", "Write a message of its own.")
        entry = _entry(parent, message, field)
        value = entry.field[1] if entry else field
        full_name = f"{message}.{field.name}"
        # msgspec's structs cannot be named so in JSON.
        if any(character in '"\\' or character < " " for character in field.json_name):
            with self._problems.within(full_name, FieldDescriptorProto.JSON_NAME_FIELD_NUMBER):
                raise _error(
                    f"{full_name}: its json_name holds a quotation mark, a backslash or a control character",
                    "Write a json_name without it.",
                )
        with self._problems.within(full_name, FieldDescriptorProto.TYPE_NAME_FIELD_NUMBER):
            kind, type_name, wrapped = self._type(value, full_name)
        with self._problems.within(full_name, option=f"{OPTIONS_PACKAGE}.requires"):
            needed = requirement(self._source.option(field.options, f"{OPTIONS_PACKAGE}.requires"), full_name)
        in_oneof = field.HasField("oneof_index") and not field.proto3_optional
        return Field(
            name=field.name,
            python_name=python_name,
            json_name=field.json_name,
            number=field.number,
            kind=kind,
            type_name=type_name,
            repeated=field.label == FieldDescriptorProto.LABEL_REPEATED,
            optional=field.proto3_optional,
            sensitive=bool(self._source.option(field.options, f"{OPTIONS_PACKAGE}.sensitive")),
            comment=comment,
            requires=needed,
            key=_KINDS[entry.field[0].type] if entry else None,
            oneof=parent.oneof_decl[field.oneof_index].name if in_oneof else "",
            wrapped=wrapped,
            loose=field.options.HasField("packed") and not field.options.packed,
            deprecated=field.options.deprecated,
        )

    def _type(self, field: FieldDescriptorProto, where: str) -> tuple[Kind, TypeName | None, bool]:
        """Return what a value is, its class, and whether it comes wrapped."""
        full_name = field.type_name.removeprefix(".")
        if not full_name:
            return _KINDS[field.type], None, False
        if full_name in FIELD_KINDS:
            # With a class of their own they are exact to the nanosecond.
            return FIELD_KINDS[full_name], self._types(full_name) if self._exact_times else None, False
        if full_name in WRAPPED:
            return WRAPPED[full_name], None, True
        if not self._types.has_class(full_name):
            raise _error(
                f"{where}: {full_name} has no class, because its file is not proto3",
                "Write a message of a proto3 file, or bytes.",
            )
        return _KINDS[field.type], self._types(full_name), False

    def _event(self, message: DescriptorProto, full_name: str, fields: Iterable[Field]) -> Event | None:
        option = self._source.option(message.options, f"{OPTIONS_PACKAGE}.event")
        if option is None:
            return None
        key = next((f for f in fields if f.name == option.key), None)
        if key is None or key.kind is not Kind.STRING or key.presence or key.repeated:
            choice = ", ".join(f.name for f in fields if f.kind is Kind.STRING and not f.repeated)
            raise _error(
                f"{full_name}: the event's key {option.key!r} is not a string field of it",
                f"Write one that is: {choice}." if choice else "Give the event a string field with the id.",
            )
        if not option.name or option.version < 1:
            raise _error(
                f"{full_name}: an event needs a name, and a version from 1 on",
                f'Write {{ name: "shop.item_put" version: 1 key: "{option.key}" }}.',
            )
        if private := next((f for f in fields if f.sensitive), None):
            name = f"{full_name}.{private.name}"
            with self._problems.within(name):
                raise _error(
                    f"{name}: an event may carry nothing sensitive, only its id",
                    "Take the field out of the event; whoever needs it asks for it by the id.",
                )
        return Event(option.name, option.version, key.python_name)

    def _enum(self, enum: EnumDescriptorProto, path: str, at: tuple[int, ...]) -> Iterator[EnumType]:
        full_name = f"{self._file.package}.{path}"
        members = names.enum_members(path, (value.name for value in enum.value))
        values = tuple(
            EnumValue(
                v.name, members[index], v.number, self._comments.at(*at, 2, index), v.options.deprecated
            )
            for index, v in enumerate(enum.value)
        )
        with self._problems.at(full_name):
            yield EnumType(self._types(full_name), values, self._comments.at(*at))

    def _enums_in(self, message: DescriptorProto, path: str, at: tuple[int, ...]) -> Iterator[EnumType]:
        for index, enum in enumerate(message.enum_type):
            yield from self._enum(enum, f"{path}.{enum.name}", (*at, 4, index))
        for index, nested in enumerate(message.nested_type):
            yield from self._enums_in(nested, f"{path}.{nested.name}", (*at, 3, index))

    def _refuse_clashes(self, message: str, fields: Iterable[Field]) -> None:
        seen: dict[str, str] = {}
        for field in fields:
            for name in {field.name, field.json_name}:
                if seen.setdefault(name, field.name) == field.name:
                    continue
                with self._problems.at(
                    f"{message}.{field.name}", FieldDescriptorProto.JSON_NAME_FIELD_NUMBER
                ):
                    raise _error(
                        f"{message}: the fields {seen[name]} and {field.name} are both called {name}",
                        "Write another name, or another json_name, for one of them.",
                    )


def _error(problem: str, hint: str) -> GenerateError:
    return GenerateError("UNSUPPORTED_CONTRACT", f"{problem}.", hint=hint)


def _entry(parent: DescriptorProto, message: str, field: FieldDescriptorProto) -> DescriptorProto | None:
    """Return the message that protoc makes of a map's entries, or None for a field that is no map."""
    for nested in parent.nested_type:
        if nested.options.map_entry and field.type_name == f".{message}.{nested.name}":
            return nested
    return None
