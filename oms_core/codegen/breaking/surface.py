"""A contract laid out for comparison: every declaration by its full name, with its place in a file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    EnumValueDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    MethodDescriptorProto,
    OneofDescriptorProto,
    ServiceDescriptorProto,
)

from oms_core.codegen.breaking.finding import Finding
from oms_core.codegen.source import Source

D = TypeVar("D")
_MESSAGE, _ENUM, _SERVICE = 4, 5, 6
_MESSAGE_FIELD, _MESSAGE_NESTED, _MESSAGE_ENUM, _MESSAGE_ONEOF = 2, 3, 4, 8
_VALUE = _METHOD = 2


@dataclass(frozen=True, slots=True)
class Declared(Generic[D]):
    """One declaration: its full name, what it says, and where."""

    name: str
    proto: D
    file: str
    line: int
    parent: str

    def finding(self, rule: str, message: str) -> Finding:
        """Return a finding at this place."""
        return Finding(self.file, self.line, rule, self.name, message)


Messages = dict[str, Declared[DescriptorProto]]
Fields = dict[tuple[str, int], Declared[FieldDescriptorProto]]
Oneofs = dict[str, Declared[OneofDescriptorProto]]
Enums = dict[str, Declared[EnumDescriptorProto]]
Values = dict[tuple[str, int], list[Declared[EnumValueDescriptorProto]]]
Services = dict[str, Declared[ServiceDescriptorProto]]
Methods = dict[str, Declared[MethodDescriptorProto]]


class Surface:
    """The declarations of the files for which ``own`` holds; ``files`` has these and all that they import."""

    def __init__(
        self, files: Iterable[FileDescriptorProto], *, own: Callable[[FileDescriptorProto], bool]
    ) -> None:
        self.source = Source(files)
        self.messages: Messages = {}
        self.fields: Fields = {}
        self.oneofs: Oneofs = {}
        self.enums: Enums = {}
        self.values: Values = {}
        self.services: Services = {}
        self.methods: Methods = {}
        self.map_entries: dict[str, DescriptorProto] = {}
        self.file_names = [file.name for file in self.source.files.values() if own(file)]
        for name in self.file_names:
            _Reader(self, self.source.files[name]).read()

    def option(self, declared: Declared[Any], name: str) -> Any:
        """Return the value of the extension ``name`` on a declaration, or None."""
        return self.source.option(declared.proto.options, name)

    def type_of(self, field: FieldDescriptorProto) -> str:
        """Return a field's type as a contract spells it."""
        entry = self.map_entries.get(field.type_name.removeprefix("."))
        if entry is not None:
            key, value = entry.field
            return f"map<{self.type_of(key)}, {self.type_of(value)}>"
        return field.type_name.removeprefix(".") or FieldDescriptorProto.Type.Name(field.type)[5:].lower()

    @cached_property
    def packages(self) -> Collection[str]:
        """The packages that it declares something in."""
        return {self.source.files[name].package for name in self.file_names}


class _Reader:
    def __init__(self, surface: Surface, file: FileDescriptorProto) -> None:
        self._surface = surface
        self._file = file
        self._lines: Mapping[tuple[int, ...], int] = {
            tuple(place.path): place.span[0] + 1 for place in file.source_code_info.location
        }

    def read(self) -> None:
        package = self._file.package
        for index, message in enumerate(self._file.message_type):
            self._message(message, package, (_MESSAGE, index))
        for index, enum in enumerate(self._file.enum_type):
            self._enum(enum, package, (_ENUM, index))
        for index, service in enumerate(self._file.service):
            declared = self._declared(service, service.name, package, (_SERVICE, index))
            self._surface.services[declared.name] = declared
            for number, method in enumerate(service.method):
                called = self._declared(
                    method, method.name, declared.name, (_SERVICE, index, _METHOD, number)
                )
                self._surface.methods[called.name] = called

    def _message(self, message: DescriptorProto, parent: str, path: tuple[int, ...]) -> None:
        declared = self._declared(message, message.name, parent, path)
        if message.options.map_entry:
            self._surface.map_entries[declared.name] = message
            return
        self._surface.messages[declared.name] = declared
        for index, field in enumerate(message.field):
            found = self._declared(field, field.name, declared.name, (*path, _MESSAGE_FIELD, index))
            self._surface.fields[declared.name, field.number] = found
        for index, oneof in enumerate(message.oneof_decl):
            if not oneof.name.startswith("_"):
                one = self._declared(oneof, oneof.name, declared.name, (*path, _MESSAGE_ONEOF, index))
                self._surface.oneofs[one.name] = one
        for index, nested in enumerate(message.nested_type):
            self._message(nested, declared.name, (*path, _MESSAGE_NESTED, index))
        for index, enum in enumerate(message.enum_type):
            self._enum(enum, declared.name, (*path, _MESSAGE_ENUM, index))

    def _enum(self, enum: EnumDescriptorProto, parent: str, path: tuple[int, ...]) -> None:
        declared = self._declared(enum, enum.name, parent, path)
        self._surface.enums[declared.name] = declared
        for index, value in enumerate(enum.value):
            one = self._declared(value, value.name, declared.name, (*path, _VALUE, index))
            self._surface.values.setdefault((declared.name, value.number), []).append(one)

    def _declared(self, proto: D, name: str, parent: str, path: tuple[int, ...]) -> Declared[D]:
        full_name = f"{parent}.{name}" if parent else name
        return Declared(full_name, proto, self._file.name, self._lines.get(path, 0), parent)
