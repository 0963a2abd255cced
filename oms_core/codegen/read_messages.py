"""Descriptors of messages and enums to the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)

from oms_core.codegen import names
from oms_core.codegen.model import EnumType, EnumValue, Event, Field, Kind, Message, TypeName
from oms_core.codegen.requirements import requirement
from oms_core.codegen.source import OPTIONS_PACKAGE, Comments, Source
from oms_core.errors import GenerateError

_TIMESTAMP = "google.protobuf.Timestamp"
_SCALARS = {
    FieldDescriptorProto.TYPE_STRING: Kind.STRING,
    FieldDescriptorProto.TYPE_BOOL: Kind.BOOL,
    FieldDescriptorProto.TYPE_INT32: Kind.INT32,
    FieldDescriptorProto.TYPE_INT64: Kind.INT64,
    FieldDescriptorProto.TYPE_UINT32: Kind.UINT32,
    FieldDescriptorProto.TYPE_ENUM: Kind.ENUM,
    FieldDescriptorProto.TYPE_MESSAGE: Kind.MESSAGE,
}

ModuleOf = Callable[[str], str]
"""Gives the Python package of a proto package; raises GenerateError where none is configured."""


class MessageReader:
    """Reads the types of one file."""

    def __init__(self, source: Source, file: FileDescriptorProto, module_of: ModuleOf) -> None:
        self._source = source
        self._file = file
        self._comments = Comments(file.source_code_info)
        self._module_of = module_of
        self._packages = sorted({f.package for f in source.files.values()}, key=len, reverse=True)

    def messages(self) -> Iterator[Message]:
        """Give every message, nested ones behind the one that holds them."""
        for index, message in enumerate(self._file.message_type):
            yield from self._message(message, message.name, (4, index))

    def enums(self) -> Iterator[EnumType]:
        """Give every enum, also those declared inside a message."""
        for index, enum in enumerate(self._file.enum_type):
            yield self._enum(enum, enum.name, (5, index))
        for index, message in enumerate(self._file.message_type):
            yield from self._enums_in(message, message.name, (4, index))

    def type_name(self, full_name: str) -> TypeName:
        """Return the Python home of a message or enum; a leading dot is ignored."""
        full_name = full_name.removeprefix(".")
        package = next(p for p in self._packages if full_name.startswith(p + "."))
        path = full_name.removeprefix(package + ".")
        return TypeName(full_name, self._module_of(package), names.type_name(path))

    def _message(self, message: DescriptorProto, path: str, at: tuple[int, ...]) -> Iterator[Message]:
        full_name = f"{self._file.package}.{path}"
        if message.oneof_decl and any(_in_real_oneof(field) for field in message.field):
            raise self._unsupported(full_name, next(f for f in message.field if _in_real_oneof(f)), "a oneof")
        fields = tuple(
            self._field(message, full_name, field, self._comments.at(*at, 2, index))
            for index, field in enumerate(message.field)
        )
        self._refuse_clashes(full_name, fields)
        yield Message(
            type_name=self.type_name(full_name),
            fields=tuple(sorted(fields, key=lambda field: field.number)),
            comment=self._comments.at(*at),
            event=self._event(message, full_name, fields),
        )
        for index, nested in enumerate(message.nested_type):
            yield from self._message(nested, f"{path}.{nested.name}", (*at, 3, index))

    def _field(
        self, parent: DescriptorProto, message: str, field: FieldDescriptorProto, comment: str
    ) -> Field:
        kind = _SCALARS.get(field.type)
        if kind is None:
            name = FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
            raise self._unsupported(message, field, f"the type {name}")
        type_name: TypeName | None = None
        if field.type_name == f".{_TIMESTAMP}":
            kind = Kind.TIMESTAMP
        elif any(
            n.options.map_entry and field.type_name == f".{message}.{n.name}" for n in parent.nested_type
        ):
            raise self._unsupported(message, field, "a map")
        elif field.type_name.startswith(".google.protobuf."):
            raise self._unsupported(message, field, f"the type {field.type_name[1:]}")
        elif field.type_name:
            type_name = self.type_name(field.type_name)
        return Field(
            name=field.name,
            python_name=names.attribute(field.name),
            json_name=field.json_name,
            number=field.number,
            kind=kind,
            type_name=type_name,
            repeated=field.label == FieldDescriptorProto.LABEL_REPEATED,
            optional=field.proto3_optional,
            sensitive=bool(self._source.option(field.options, f"{OPTIONS_PACKAGE}.sensitive")),
            comment=comment,
            requires=requirement(
                self._source.option(field.options, f"{OPTIONS_PACKAGE}.requires"), f"{message}.{field.name}"
            ),
        )

    def _event(self, message: DescriptorProto, full_name: str, fields: Iterable[Field]) -> Event | None:
        option = self._source.option(message.options, f"{OPTIONS_PACKAGE}.event")
        if option is None:
            return None
        key = next((f for f in fields if f.name == option.key), None)
        if key is None or key.kind is not Kind.STRING or key.presence or key.repeated:
            raise self._error(f"{full_name}: the event's key {option.key!r} is not a string field of it")
        if not option.name or option.version < 1:
            raise self._error(f"{full_name}: an event needs a name, and a version from 1 on")
        if private := next((f for f in fields if f.sensitive), None):
            raise self._error(
                f"{full_name}.{private.name}: an event may carry nothing sensitive, only its id"
            )
        return Event(option.name, option.version, key.python_name)

    def _enum(self, enum: EnumDescriptorProto, path: str, at: tuple[int, ...]) -> EnumType:
        full_name = f"{self._file.package}.{path}"
        if enum.options.allow_alias:
            raise self._error(f"{full_name}: aliases (allow_alias) are not supported")
        values = tuple(
            EnumValue(v.name, names.enum_member(path, v.name), v.number, self._comments.at(*at, 2, index))
            for index, v in enumerate(enum.value)
        )
        return EnumType(self.type_name(full_name), values, self._comments.at(*at))

    def _enums_in(self, message: DescriptorProto, path: str, at: tuple[int, ...]) -> Iterator[EnumType]:
        for index, enum in enumerate(message.enum_type):
            yield self._enum(enum, f"{path}.{enum.name}", (*at, 4, index))
        for index, nested in enumerate(message.nested_type):
            yield from self._enums_in(nested, f"{path}.{nested.name}", (*at, 3, index))

    def _refuse_clashes(self, message: str, fields: Iterable[Field]) -> None:
        seen: dict[str, str] = {}
        for field in fields:
            for name in {field.name, field.json_name, field.python_name}:
                if name.startswith("_"):
                    raise self._error(f"{message}.{field.name}: a field may not begin with an underscore")
                if seen.setdefault(name, field.name) != field.name:
                    raise self._error(
                        f"{message}: the fields {seen[name]} and {field.name} are both called {name}"
                    )

    def _unsupported(self, message: str, field: FieldDescriptorProto, what: str) -> GenerateError:
        return self._error(f"{message}.{field.name}: {what} is not supported")

    def _error(self, problem: str) -> GenerateError:
        return GenerateError(
            "UNSUPPORTED_CONTRACT",
            f"{self._file.name}: {problem}.",
            hint="Say it with what docs/contract-compiler.md lists, then run oms generate again.",
        )


def _in_real_oneof(field: FieldDescriptorProto) -> bool:
    return field.HasField("oneof_index") and not field.proto3_optional
